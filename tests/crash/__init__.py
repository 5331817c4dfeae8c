"""What is left after the server was killed."""
