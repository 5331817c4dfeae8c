"""App version listing: what customers read about a version, and whether it is public."""
