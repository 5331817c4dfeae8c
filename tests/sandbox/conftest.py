"""Every test of this folder has a marketplace of its own."""

from tests.support.marketplaces import engine, marketplace, started

__all__ = ["engine", "marketplace", "started"]
