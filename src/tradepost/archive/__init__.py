"""A whole marketplace in one file: what `tradepost backup` writes and `tradepost restore` reads."""
