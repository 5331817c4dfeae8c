-- What apps declare about privacy and security, and how their customers get to the cloud.

-- One row for each app that ever had a draft. `live` and `draft` are null where there is none; the
-- `changes` of each stay then, so that no number ever comes twice.
CREATE TABLE privacy_and_security (
    app_pk INTEGER PRIMARY KEY REFERENCES app (pk),
    live_changes INTEGER NOT NULL DEFAULT 0,
    draft_changes INTEGER NOT NULL DEFAULT 0,
    live BLOB,
    draft BLOB
);

CREATE TABLE app_migration (
    app_pk INTEGER PRIMARY KEY REFERENCES app (pk),
    changes INTEGER NOT NULL,
    document BLOB NOT NULL
);
