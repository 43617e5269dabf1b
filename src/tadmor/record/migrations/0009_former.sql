-- What re-reading replaced, so that what was found before, by which version, can still be told (`record/former.py`).

-- Each time another version took over. `log` and `readings` are how far the log and the table of former readings went.
CREATE TABLE rereadings (
  number   INTEGER NOT NULL PRIMARY KEY,
  at       TEXT NOT NULL,
  maker    TEXT NOT NULL REFERENCES makers (id),
  log      INTEGER NOT NULL,
  readings INTEGER NOT NULL
) STRICT;

-- Readings that another one of the same bytes replaced: how it was asked for, what it said of the report, its claims.
CREATE TABLE former_readings (
  number          INTEGER NOT NULL PRIMARY KEY,
  report_id       TEXT NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
  replaced_at     TEXT NOT NULL,
  maker           TEXT NOT NULL REFERENCES makers (id),
  asked_published TEXT,
  asked_outlet    TEXT,
  published       TEXT,
  outlet          TEXT,
  original_outlet TEXT,
  story_id        TEXT,
  count           INTEGER NOT NULL,
  claims          BLOB NOT NULL                             -- rows of `claims`, as a list of objects in JSON, zlib
) STRICT;
CREATE INDEX former_readings_by_report ON former_readings (report_id, number);

-- The histories of places as they were when the version at work now took over.
CREATE TABLE former_histories (
  place_id TEXT NOT NULL PRIMARY KEY,
  maker    TEXT NOT NULL REFERENCES makers (id),
  weights  TEXT REFERENCES weight_sets (version),
  spells   TEXT NOT NULL CHECK (json_valid(spells))         -- rows of `spells`, as objects, each with its `pulls`
) STRICT, WITHOUT ROWID;

-- Former readings of reports, beside what is read of them now.
CREATE VIEW what_was_read_before AS
  SELECT f.report_id, r.headline, f.outlet, f.published, f.maker AS read_by, f.replaced_at, r.maker AS now_read_by,
         f.count AS claims,
         (SELECT count(*) FROM claims c WHERE c.report_id = f.report_id) AS claims_now
    FROM former_readings f JOIN reports r ON r.id = f.report_id
   ORDER BY f.number;
