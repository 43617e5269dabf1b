-- Which reports tell one story, found by a join of this table with itself (`record/stories.py`).

-- The sampled hashes of the text of every report whose story is known, but for those with the signature of another: an
-- index, made from `reports.signature`.
CREATE TABLE shingles (
  hash   INTEGER NOT NULL,
  sought INTEGER NOT NULL CHECK (sought IN (0, 1)),  -- whether the report is to be found by it (`report/story.py`)
  report INTEGER NOT NULL,       -- its number; no reference, which would be looked up for every row
  PRIMARY KEY (hash, sought, report)
) STRICT, WITHOUT ROWID;

-- Exact copies are found by the beginning of their signature.
CREATE INDEX reports_by_signature ON reports (substr(signature, 1, 32));

-- Reports whose story is still to be found, or to be found anew.
CREATE TABLE untold (
  report_id TEXT NOT NULL PRIMARY KEY REFERENCES reports (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- By which version's rules stories are found; one row, none before the first are.
CREATE TABLE stories_by (
  maker TEXT NOT NULL PRIMARY KEY REFERENCES makers (id)
) STRICT, WITHOUT ROWID;
