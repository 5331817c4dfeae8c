"""`python -m tradepost` is the `tradepost` command."""

from tradepost.cli import main

main()
