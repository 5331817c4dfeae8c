"""Many clients at once, over real sockets."""
