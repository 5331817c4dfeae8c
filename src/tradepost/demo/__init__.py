"""The demo data: fixed ids and credentials that scripts can rely on."""
