-- What is kept of how histories were made comes in more and smaller rows, so that one more report reads and writes few of
-- them, and finds what is new of a place without looking at what is known.

-- From what each unit of the history of a place was made, and what came of it; and all that is said of the place, in
-- pieces. Without any row the history is worked out from the ground up, and compared with all that is stored of it.
DROP TABLE units;
CREATE TABLE units (
  place_id TEXT NOT NULL REFERENCES places (id) ON DELETE CASCADE,
  name     TEXT NOT NULL,
  basis    BLOB,                                           -- a digest of what a unit was made from
  packed   BLOB NOT NULL,                                  -- MessagePack
  PRIMARY KEY (place_id, name)
) STRICT, WITHOUT ROWID;

DROP INDEX said_not_yet;
CREATE INDEX said_not_yet ON said (place_id, packed) WHERE packed IS NULL;

CREATE INDEX claims_tied ON claims (place_id) WHERE ties IS NOT NULL;
