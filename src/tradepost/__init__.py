"""Tradepost: a self-hosted app marketplace back end that speaks the Marketplace REST API v3."""

__version__ = "0.1.0"
