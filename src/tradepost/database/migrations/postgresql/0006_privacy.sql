-- What apps declare about privacy and security, and how their customers get to the cloud.

-- One row for each app that ever had a draft. `live` and `draft` are null where there is none; the
-- `changes` of each stay then, so that no number ever comes twice.
CREATE TABLE privacy_and_security (
    app_pk BIGINT PRIMARY KEY REFERENCES app (pk),
    live_changes BIGINT NOT NULL DEFAULT 0,
    draft_changes BIGINT NOT NULL DEFAULT 0,
    live BYTEA,
    draft BYTEA
);

CREATE TABLE app_migration (
    app_pk BIGINT PRIMARY KEY REFERENCES app (pk),
    changes BIGINT NOT NULL,
    document BYTEA NOT NULL
);
