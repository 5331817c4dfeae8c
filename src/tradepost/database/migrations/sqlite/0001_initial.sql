-- Every table has a small integer key `pk` of its own for the joins; `id` is what the world sees.
-- Times are RFC 3339 in UTC with whole seconds, so they sort as text. A `document` is the JSON
-- that is served, byte for byte; columns beside it exist for what is filtered or constrained.

CREATE TABLE schema_migration (
    name TEXT PRIMARY KEY,
    applied_at TEXT NOT NULL
);

CREATE TABLE server_secret (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
);

CREATE TABLE person (
    pk INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    administrator INTEGER NOT NULL CHECK (administrator IN (0, 1)),
    created_at TEXT NOT NULL,
    archived_at TEXT
);

-- `lookup` is the start of `digest`, to find the row; the whole is compared in constant time.
CREATE TABLE api_token (
    pk INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    person_pk INTEGER NOT NULL REFERENCES person (pk),
    name TEXT NOT NULL,
    lookup BLOB NOT NULL,
    digest BLOB NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT,
    last_used_at TEXT,
    revoked_at TEXT
);
CREATE INDEX api_token_by_lookup ON api_token (lookup);
CREATE INDEX api_token_by_person ON api_token (person_pk);

CREATE TABLE developer_space (
    pk INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    vendor_id INTEGER NOT NULL UNIQUE,
    name TEXT NOT NULL,
    approval_policy TEXT NOT NULL CHECK (approval_policy IN ('auto', 'manual')),
    created_at TEXT NOT NULL,
    archived_at TEXT
);

CREATE TABLE developer_space_member (
    developer_space_pk INTEGER NOT NULL REFERENCES developer_space (pk),
    person_pk INTEGER NOT NULL REFERENCES person (pk),
    roles TEXT NOT NULL,
    joined_at TEXT NOT NULL,
    PRIMARY KEY (developer_space_pk, person_pk)
) WITHOUT ROWID;
CREATE INDEX developer_space_member_by_person ON developer_space_member (person_pk);

CREATE TABLE app (
    pk INTEGER PRIMARY KEY,
    product_id TEXT NOT NULL UNIQUE,
    app_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    developer_space_pk INTEGER NOT NULL REFERENCES developer_space (pk),
    created_at TEXT NOT NULL,
    archived_at TEXT
);
CREATE INDEX app_by_developer_space ON app (developer_space_pk);

-- `compliance_boundary` is empty for server and datacenter. `changes` grows with every write to
-- the app software or its versions. `developer_space_id` is that of its app, for reads: it saves
-- them two joins, and an app never changes hands.
CREATE TABLE app_software (
    pk INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    app_pk INTEGER NOT NULL REFERENCES app (pk),
    developer_space_id TEXT NOT NULL REFERENCES developer_space (id),
    hosting TEXT NOT NULL CHECK (hosting IN ('cloud', 'server', 'datacenter')),
    compliance_boundary TEXT NOT NULL,
    created_at TEXT NOT NULL,
    archived_at TEXT,
    changes INTEGER NOT NULL DEFAULT 0,
    UNIQUE (app_pk, hosting, compliance_boundary)
);

-- A table with row ids: with documents of about 1 KB, WITHOUT ROWID spills to overflow pages.
-- `major` is set where the version number reads major.minor.patch.
CREATE TABLE app_software_version (
    pk INTEGER PRIMARY KEY,
    app_software_pk INTEGER NOT NULL REFERENCES app_software (pk),
    build_number INTEGER NOT NULL,
    version_number TEXT,
    major INTEGER,
    state TEXT NOT NULL,
    state_before TEXT,
    payment_model TEXT NOT NULL,
    revision INTEGER NOT NULL,
    document BLOB NOT NULL
);
CREATE UNIQUE INDEX app_software_version_by_build
    ON app_software_version (app_software_pk, build_number);
CREATE UNIQUE INDEX app_software_version_by_number
    ON app_software_version (app_software_pk, version_number) WHERE version_number IS NOT NULL;
CREATE INDEX app_software_version_by_state
    ON app_software_version (app_software_pk, state, build_number);
CREATE INDEX app_software_version_by_major
    ON app_software_version (app_software_pk, major, build_number) WHERE major IS NOT NULL;
CREATE INDEX app_software_version_submitted
    ON app_software_version (pk) WHERE state = 'submitted';

CREATE TABLE app_software_version_compatibility (
    app_software_pk INTEGER NOT NULL REFERENCES app_software (pk),
    parent_software_id TEXT NOT NULL,
    build_number INTEGER NOT NULL,
    min_build_number INTEGER,
    max_build_number INTEGER,
    PRIMARY KEY (app_software_pk, build_number, parent_software_id)
) WITHOUT ROWID;
CREATE INDEX app_software_version_compatibility_by_parent
    ON app_software_version_compatibility
    (app_software_pk, parent_software_id, build_number, min_build_number, max_build_number);

-- The contract lists access tokens in full, so they are kept in full.
CREATE TABLE access_token (
    pk INTEGER PRIMARY KEY,
    token TEXT NOT NULL UNIQUE,
    app_software_pk INTEGER NOT NULL REFERENCES app_software (pk),
    cloud_id TEXT,
    instance TEXT,
    created_by TEXT NOT NULL,
    created_at TEXT NOT NULL,
    revoked_at TEXT
);
CREATE INDEX access_token_by_app_software ON access_token (app_software_pk);

CREATE TABLE parent_software (
    pk INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    document BLOB NOT NULL
);

CREATE TABLE parent_software_version (
    parent_software_pk INTEGER NOT NULL REFERENCES parent_software (pk),
    build_number INTEGER NOT NULL,
    version_number TEXT NOT NULL,
    document BLOB NOT NULL,
    PRIMARY KEY (parent_software_pk, build_number),
    UNIQUE (parent_software_pk, version_number)
) WITHOUT ROWID;
