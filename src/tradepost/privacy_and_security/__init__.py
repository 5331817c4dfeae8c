"""Privacy and security: what the makers of an app declare about data."""
