"""What a unit of work says it is about: see `tradepost.database.Database.write`."""


def about_app(app_key: str) -> str:
    """What units of work are about that decide and write within one app."""
    return f"app {app_key}"
