-- Who is signed in at the console. `digest` is the SHA-256 of what the browser's cookie says.
CREATE TABLE console_session (
    digest BLOB PRIMARY KEY,
    api_token_pk INTEGER NOT NULL REFERENCES api_token (pk),
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX console_session_by_end ON console_session (expires_at);
