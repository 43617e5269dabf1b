-- Custody: what came in, when and how. Rows are only added; each holds the hash of the one before (`record/log.py`).

CREATE TABLE log (
  number INTEGER NOT NULL PRIMARY KEY,                     -- from 1, without a gap
  entry  TEXT NOT NULL CHECK (json_valid(entry)),          -- the text that is hashed
  hash   TEXT NOT NULL CHECK (length(hash) = 64)           -- SHA-256 of `entry`
) STRICT;
CREATE INDEX log_by_report ON log (json_extract(entry, '$.report'));

CREATE TRIGGER log_no_update BEFORE UPDATE ON log BEGIN
  SELECT RAISE(ABORT, 'the log is only ever added to');
END;
CREATE TRIGGER log_no_delete BEFORE DELETE ON log BEGIN
  SELECT RAISE(ABORT, 'the log is only ever added to');
END;

-- The log of custody, entry by entry.
CREATE VIEW what_was_read_when AS
  SELECT number, json_extract(entry, '$.at') AS at, json_extract(entry, '$.what') AS what,
         json_extract(entry, '$.origin') AS origin, json_extract(entry, '$.capture.url') AS url,
         json_extract(entry, '$.sha256') AS sha256, json_extract(entry, '$.report') AS report_id,
         json_extract(entry, '$.maker') AS maker, hash
    FROM log
   ORDER BY number;

-- What `tadmor watch` knows of the feeds that it asks: operation, no content.
CREATE TABLE feeds (
  url      TEXT NOT NULL PRIMARY KEY,
  etag     TEXT,
  modified TEXT,
  next_at  TEXT NOT NULL,                                  -- when it is to be asked again
  failures INTEGER NOT NULL DEFAULT 0,                     -- one after the other
  why      TEXT                                            -- of the last of them
) STRICT, WITHOUT ROWID;

-- What `tadmor watch` knows of the addresses that it found in feeds: operation, no content.
CREATE TABLE found (
  url     TEXT NOT NULL PRIMARY KEY,
  feed    TEXT NOT NULL,
  state   TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'given up')),
  tries   INTEGER NOT NULL DEFAULT 0,
  next_at TEXT NOT NULL,
  item    TEXT NOT NULL CHECK (json_valid(item))           -- what the feed itself holds of it, should the page not be had
) STRICT, WITHOUT ROWID;
CREATE INDEX receipts_by_origin ON receipts (origin);
CREATE INDEX found_waiting ON found (next_at) WHERE state = 'waiting';
