"""People and their API tokens: who may sign in."""
