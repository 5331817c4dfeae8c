"""Reviews: what customers think of an app, and what its makers answer."""
