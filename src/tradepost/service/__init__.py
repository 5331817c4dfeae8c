"""What the server tells of itself: whether it lives, whether it is ready, what it can do."""
