"""App listing: what customers read about an app as a whole."""
