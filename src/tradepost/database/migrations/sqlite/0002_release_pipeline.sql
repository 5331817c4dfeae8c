-- Assets, listings, roles that decide, and access tokens that are redeemed.

-- One row for each upload that differs in bytes, name, source or owners; the bytes themselves are
-- stored once, under their hash. `owners` is a JSON list of the developer spaces that may use it,
-- and empty for an upload of an administrator, which every space may use.
CREATE TABLE artifact (
    pk INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    sha512 TEXT NOT NULL,
    size INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    file_name TEXT NOT NULL,
    remote TEXT NOT NULL,
    owners TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at TEXT NOT NULL,
    document BLOB NOT NULL
);
CREATE UNIQUE INDEX artifact_once ON artifact (sha512, owners, file_name, remote);

CREATE TABLE image (
    pk INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    sha512 TEXT NOT NULL,
    size INTEGER NOT NULL,
    image_type TEXT NOT NULL,
    media_type TEXT NOT NULL,
    file_name TEXT NOT NULL,
    owners TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at TEXT NOT NULL,
    document BLOB NOT NULL
);
CREATE UNIQUE INDEX image_once ON image (sha512, owners, file_name, image_type);

ALTER TABLE app_software_version ADD COLUMN artifact_id TEXT;
UPDATE app_software_version SET artifact_id =
    json_extract(CAST(document AS TEXT), '$.frameworkDetails.attributes.artifactId');
CREATE INDEX app_software_version_by_artifact
    ON app_software_version (artifact_id) WHERE artifact_id IS NOT NULL;

CREATE TABLE app_software_version_listing (
    pk INTEGER PRIMARY KEY,
    app_software_pk INTEGER NOT NULL,
    build_number INTEGER NOT NULL,
    state TEXT NOT NULL,
    approval_status TEXT NOT NULL,
    revision INTEGER NOT NULL,
    document BLOB NOT NULL,
    FOREIGN KEY (app_software_pk, build_number)
        REFERENCES app_software_version (app_software_pk, build_number)
);
CREATE UNIQUE INDEX app_software_version_listing_by_build
    ON app_software_version_listing (app_software_pk, build_number);

-- Every app has one; those that are there already begin with what is known of them.
CREATE TABLE app_listing (
    app_pk INTEGER PRIMARY KEY REFERENCES app (pk),
    state TEXT NOT NULL,
    approval_status TEXT NOT NULL,
    revision INTEGER NOT NULL,
    document BLOB NOT NULL
);
CREATE INDEX app_listing_submitted ON app_listing (app_pk) WHERE approval_status = 'SUBMITTED';
INSERT INTO app_listing (app_pk, state, approval_status, revision, document)
    SELECT a.pk, 'PRIVATE', 'NOT_ASSIGNED', 1, CAST(json_object(
        'appKey', a.app_key,
        'developerId', s.id,
        'appName', a.name,
        'communityEnabled', json('false'),
        'state', 'PRIVATE',
        'approvalStatus', 'NOT_ASSIGNED',
        'revision', 1,
        'productId', a.product_id,
        'slug', lower(replace(a.app_key, '.', '-')),
        'cloudComplianceBoundary', json(CASE WHEN EXISTS (
            SELECT 1 FROM app_software w WHERE w.app_pk = a.pk
                AND w.compliance_boundary NOT IN ('', 'commercial')
        ) THEN 'true' ELSE 'false' END)
    ) AS BLOB)
    FROM app a JOIN developer_space s ON s.pk = a.developer_space_pk;

ALTER TABLE developer_space ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE developer_space ADD COLUMN catalog_account_id TEXT;

-- What customers read about a developer space; `type` is DEVELOPER_CORE or DEVELOPER_WEB.
CREATE TABLE developer_listing (
    developer_space_pk INTEGER NOT NULL REFERENCES developer_space (pk),
    type TEXT NOT NULL,
    version INTEGER NOT NULL,
    document BLOB NOT NULL,
    PRIMARY KEY (developer_space_pk, type)
) WITHOUT ROWID;

ALTER TABLE developer_space_member ADD COLUMN categories TEXT NOT NULL DEFAULT '[]';

ALTER TABLE access_token ADD COLUMN redeemed_at TEXT;
