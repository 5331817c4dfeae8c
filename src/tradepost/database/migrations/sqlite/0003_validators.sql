-- What answers are validated with, and what was written when, for answers that are kept in memory.

-- `changes` everywhere: grows with every write to what the row stands for, and starts from the time
-- in microseconds, so that no number ever comes twice, not even after a restored backup.
ALTER TABLE app_software_version ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE app_software_version_listing ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE app_listing ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE developer_listing ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;

-- One row: the parent software as a whole.
CREATE TABLE catalogue (changes INTEGER NOT NULL);
INSERT INTO catalogue (changes) VALUES (0);

-- One row for each commit: the topics that were written to, separated by spaces. Only the newest
-- are kept; who finds a gap knows that something was missed.
CREATE TABLE written (
    seq INTEGER PRIMARY KEY,
    topics TEXT NOT NULL
);
