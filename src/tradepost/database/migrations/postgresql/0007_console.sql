-- Who is signed in at the console. `digest` is the SHA-256 of what the browser's cookie says.
CREATE TABLE console_session (
    digest BYTEA PRIMARY KEY,
    api_token_pk BIGINT NOT NULL REFERENCES api_token (pk),
    created_at TEXT COLLATE "C" NOT NULL,
    expires_at TEXT COLLATE "C" NOT NULL
);
CREATE INDEX console_session_by_end ON console_session (expires_at);
