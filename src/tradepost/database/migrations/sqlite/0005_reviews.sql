-- What customers think of an app. `stars`, `helpful_votes` and `written_at` are the document's, for the
-- orders in which reviews are read; equal ones stand newest first.
CREATE TABLE review (
    pk INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    app_pk INTEGER NOT NULL REFERENCES app (pk),
    person_pk INTEGER NOT NULL REFERENCES person (pk),
    hosting TEXT NOT NULL CHECK (hosting IN ('cloud', 'server', 'datacenter')),
    stars INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 5),
    helpful_votes INTEGER NOT NULL,
    written_at TEXT NOT NULL,
    document BLOB NOT NULL,
    changes INTEGER NOT NULL,
    UNIQUE (app_pk, person_pk, hosting)
);
CREATE INDEX review_recent ON review (app_pk, written_at, pk);
CREATE INDEX review_helpful ON review (app_pk, helpful_votes, written_at, pk);
CREATE INDEX review_highest_rated ON review (app_pk, stars, written_at, pk);
CREATE INDEX review_lowest_rated ON review (app_pk, -stars, written_at, pk);
CREATE INDEX review_by_person ON review (person_pk);

-- How many reviews an app has for a hosting, and their stars together, written with the reviews.
CREATE TABLE review_total (
    app_pk INTEGER NOT NULL REFERENCES app (pk),
    hosting TEXT NOT NULL,
    reviews INTEGER NOT NULL,
    stars INTEGER NOT NULL,
    changes INTEGER NOT NULL,
    PRIMARY KEY (app_pk, hosting)
) WITHOUT ROWID;
