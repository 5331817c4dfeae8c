"""The audit, the answers kept for idempotency keys, and how a write leaves both behind."""
