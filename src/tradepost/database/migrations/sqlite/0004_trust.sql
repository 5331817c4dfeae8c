-- The audit, and answers that are kept for requests with an idempotency key.

-- One row for each write of an operation, stored with it. `at` is RFC 3339 in UTC with
-- milliseconds. Nothing refers to other tables: a row stays what it was.
CREATE TABLE audit (
    pk INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    action TEXT NOT NULL,
    person_id TEXT,
    email TEXT NOT NULL,
    api_token_id TEXT,
    address TEXT,
    request_id TEXT NOT NULL,
    target_type TEXT NOT NULL,
    target_id TEXT NOT NULL,
    developer_space_id TEXT,
    document_before BLOB,
    document_after BLOB
);
CREATE INDEX audit_by_time ON audit (at);
CREATE INDEX audit_by_email ON audit (email, at);
CREATE INDEX audit_by_target ON audit (target_id, at);
CREATE INDEX audit_by_developer_space ON audit (developer_space_id, at)
    WHERE developer_space_id IS NOT NULL;

-- Only `tradepost move` may start anew, in a database that nobody serves yet.
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit is never changed');
END;
CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit
WHEN NOT EXISTS (SELECT 1 FROM schema_migration WHERE name = 'moving-in')
BEGIN
    SELECT RAISE(ABORT, 'the audit is never removed');
END;

-- REPLACE removes the row in its way, and asks no trigger about it unless the connection says so.
CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE pk = NEW.pk)
BEGIN
    SELECT RAISE(ABORT, 'the audit is never changed');
END;

-- `fingerprint` is a hash of what was asked; `status` is 0 while that is being done, which only its
-- own transaction sees. `headers` is a JSON list of pairs. `body` is NULL where it has a secret.
-- `developer_space_id` is that whose members alone may be given the answer again, if it is one's.
CREATE TABLE idempotency_key (
    person_id TEXT NOT NULL,
    name TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    created_at TEXT NOT NULL,
    status INTEGER NOT NULL,
    headers TEXT NOT NULL,
    body BLOB,
    developer_space_id TEXT,
    PRIMARY KEY (person_id, name)
);
CREATE INDEX idempotency_key_by_time ON idempotency_key (created_at);

-- Counters of limits, where several processes share them. They end at a time in milliseconds.
CREATE TABLE rate_counter (
    name TEXT PRIMARY KEY,
    used INTEGER NOT NULL,
    ends_at INTEGER NOT NULL
);
CREATE INDEX rate_counter_by_end ON rate_counter (ends_at);
