"""The store suite: what every engine must do, and what SQLite must do besides."""
