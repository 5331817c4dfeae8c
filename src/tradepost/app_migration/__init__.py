"""Migrations: how an app's customers get from server or data center to the cloud."""
