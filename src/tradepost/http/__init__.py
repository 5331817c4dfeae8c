"""HTTP without any domain: operations, errors, authentication, cursors, bodies, OpenAPI."""
