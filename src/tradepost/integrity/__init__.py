"""Whether all that is stored is as it should be: rows, what they refer to, and files."""
