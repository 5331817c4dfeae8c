"""App software: the heart of the reference. Versions of an app for one hosting, and its tokens."""
