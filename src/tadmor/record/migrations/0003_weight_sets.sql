-- What was learned about voices, set by set; the shipped weights are in force where no set is.
CREATE TABLE weight_sets (
  number   INTEGER NOT NULL PRIMARY KEY,  -- in the order of learning
  version  TEXT NOT NULL UNIQUE,          -- a hash of what it says
  made_at  TEXT NOT NULL,
  maker    TEXT NOT NULL REFERENCES makers (id),
  base     TEXT NOT NULL,                 -- version of the shipped weights that it is learned from
  places   INTEGER NOT NULL,
  claims   INTEGER NOT NULL,              -- heard of these places
  rounds   INTEGER NOT NULL,
  in_force INTEGER NOT NULL CHECK (in_force IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX weight_set_in_force ON weight_sets (in_force) WHERE in_force;

-- What a set says of each voice: how far it is believed by its kind, and by what others say.
CREATE TABLE track_records (
  version      TEXT NOT NULL REFERENCES weight_sets (version) ON DELETE CASCADE,
  voice        TEXT NOT NULL,
  name         TEXT NOT NULL,
  kind         TEXT NOT NULL,
  speaks_for   TEXT,
  claims       REAL NOT NULL,             -- that could be judged
  expected     REAL NOT NULL,             -- of these, how many are expected to be right
  borne_out    INTEGER NOT NULL,
  contradicted INTEGER NOT NULL,
  prior        REAL NOT NULL,
  strength     REAL NOT NULL,             -- claims that the prior counts as
  learned      REAL NOT NULL,
  low          REAL NOT NULL,
  high         REAL NOT NULL,
  PRIMARY KEY (version, voice)
) STRICT, WITHOUT ROWID;

-- With which set a history was worked out; without one, with the shipped weights.
ALTER TABLE histories ADD COLUMN weights TEXT REFERENCES weight_sets (version);

-- The track records of voices, those of the last set that was learned first.
CREATE VIEW who_is_reliable AS
  SELECT t.name AS voice, t.kind, t.speaks_for, round(t.claims, 1) AS claims, round(t.expected, 1) AS expected_right,
         t.borne_out, t.contradicted, t.prior, t.learned, t.low, t.high, s.version, s.made_at, s.in_force
    FROM track_records t JOIN weight_sets s ON s.version = t.version
   ORDER BY s.number DESC, t.learned DESC, t.voice;
