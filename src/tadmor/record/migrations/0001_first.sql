-- The record, first form. Days are ISO 8601 text; lists are JSON text; whole numbers 0 and 1 stand for false and true.
-- `number` is SQLite's row number, kept for the full-text and spatial indexes; it is no identity and may differ between
-- two records of the same content. Identities are the content hashes in `id`.

-- Custody: the bytes as received, named by their hash ---------------------------------------------------------------

-- The bytes of every report, and of what was fetched and could not be read.
CREATE TABLE blobs (
  sha256 TEXT NOT NULL PRIMARY KEY CHECK (length(sha256) = 64),
  size   INTEGER NOT NULL,        -- of the bytes as received
  packed BLOB NOT NULL            -- zlib
) STRICT;

-- What read a report or worked out a place: the tool's version and the hashes of its code and of its dictionaries.
CREATE TABLE makers (
  id   TEXT NOT NULL PRIMARY KEY,  -- version, and the beginnings of both hashes
  tool TEXT NOT NULL,  -- version
  code TEXT NOT NULL,  -- SHA-256
  data TEXT NOT NULL  -- SHA-256
) STRICT;

-- Reports -----------------------------------------------------------------------------------------------------------

-- One published text as read. Quotes of claims are offsets into `text`, in characters.
CREATE TABLE reports (
  number          INTEGER NOT NULL PRIMARY KEY,
  id              TEXT NOT NULL UNIQUE,  -- "r" and the beginning of the hash of the bytes
  sha256          TEXT NOT NULL REFERENCES blobs (sha256),
  media_type      TEXT NOT NULL,  -- what the bytes are
  outlet          TEXT,  -- who published it
  original_outlet TEXT,  -- whom it credits
  authors         TEXT NOT NULL CHECK (json_valid(authors)),  -- list
  headline        TEXT,  -- as it stands
  dateline        TEXT,  -- the place that it names
  published       TEXT,  -- day
  published_by    TEXT NOT NULL,  -- what said so
  language        TEXT NOT NULL,  -- ISO 639-1
  truncated       INTEGER NOT NULL CHECK (truncated IN (0, 1)),  -- whether it is cut short
  text            TEXT NOT NULL,  -- as cleaned
  segments        TEXT NOT NULL CHECK (json_valid(segments)),  -- parts of the text: list of role, start and end
  signature       BLOB NOT NULL,  -- MinHash, unsigned 64-bit little-endian
  named           TEXT,           -- the name that the bytes themselves give it
  maker           TEXT NOT NULL REFERENCES makers (id),  -- the version that read it
  asked_published TEXT,           -- what the user said when it was read, which wins over what it says itself
  asked_outlet    TEXT
) STRICT;

-- Every way by which the same bytes came in. A report that does not name itself is called after the first of them in
-- the order of `origin`, so that its name does not depend on the order of reading.
CREATE TABLE receipts (
  report_id TEXT NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
  origin    TEXT NOT NULL,  -- path or address
  doc       TEXT NOT NULL,  -- short name
  read_at   TEXT NOT NULL,  -- when it first came in so, UTC
  PRIMARY KEY (report_id, origin)
) STRICT, WITHOUT ROWID;

-- Reports that carry one text are one story, and one voice; it is named after the smallest id of them.
CREATE TABLE stories (
  report_id TEXT NOT NULL PRIMARY KEY REFERENCES reports (id) ON DELETE CASCADE,
  story_id  TEXT NOT NULL  -- the smallest id of its reports
) STRICT, WITHOUT ROWID;
CREATE INDEX stories_by_story ON stories (story_id);

-- Inputs that could not be read, or only in part, and why.
CREATE TABLE failures (
  origin  TEXT NOT NULL,  -- path or address
  stage   TEXT NOT NULL,  -- how far it came
  error   TEXT NOT NULL,  -- kind of error
  message TEXT NOT NULL,  -- names the input and says what to do
  read_at TEXT NOT NULL,  -- when, UTC
  PRIMARY KEY (origin, stage)
) STRICT, WITHOUT ROWID;

-- Full-text index over the texts of reports.
CREATE VIRTUAL TABLE report_words USING fts5 (
  text, content = 'reports', content_rowid = 'number', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER report_words_insert AFTER INSERT ON reports BEGIN
  INSERT INTO report_words (rowid, text) VALUES (new.number, new.text);
END;
CREATE TRIGGER report_words_delete AFTER DELETE ON reports BEGIN
  INSERT INTO report_words (report_words, rowid, text) VALUES ('delete', old.number, old.text);
END;
CREATE TRIGGER report_words_update AFTER UPDATE OF text ON reports BEGIN
  INSERT INTO report_words (report_words, rowid, text) VALUES ('delete', old.number, old.text);
  INSERT INTO report_words (rowid, text) VALUES (new.number, new.text);
END;

-- Places and claims -------------------------------------------------------------------------------------------------

-- Places that claims name. `level` says what the coordinates stand for: a 'place', or the middle of a 'district',
-- 'governorate' or 'country', which is never drawn as a town; 'unknown' has no coordinates. Ids that start with "name:"
-- are names that no gazetteer entry was found for.
CREATE TABLE places (
  number  INTEGER NOT NULL PRIMARY KEY,
  id      TEXT NOT NULL UNIQUE,  -- gn: and the GeoNames number, or of another gazetteer
  name    TEXT NOT NULL,  -- as first in order of what claims call it
  level   TEXT NOT NULL CHECK (level IN ('place', 'district', 'governorate', 'country', 'unknown')),
  lat     REAL CHECK (lat BETWEEN -90 AND 90),
  lon     REAL CHECK (lon BETWEEN -180 AND 180),
  admin1  TEXT,  -- first-order division
  country TEXT,  -- ISO 3166-1 alpha-2
  CHECK ((lat IS NULL) = (lon IS NULL))
) STRICT;

-- R*Tree over the places that have coordinates.
CREATE VIRTUAL TABLE places_box USING rtree (number, min_lat, max_lat, min_lon, max_lon);
CREATE TRIGGER places_box_insert AFTER INSERT ON places WHEN new.lat IS NOT NULL BEGIN
  INSERT INTO places_box VALUES (new.number, new.lat, new.lat, new.lon, new.lon);
END;
CREATE TRIGGER places_box_delete AFTER DELETE ON places BEGIN
  DELETE FROM places_box WHERE number = old.number;
END;
CREATE TRIGGER places_box_update AFTER UPDATE OF lat, lon ON places BEGIN
  DELETE FROM places_box WHERE number = old.number;
  INSERT INTO places_box SELECT new.number, new.lat, new.lat, new.lon, new.lon WHERE new.lat IS NOT NULL;
END;

-- One thing that a report says, or says that somebody says: never a fact, always somebody's.
CREATE TABLE claims (
  number         INTEGER NOT NULL PRIMARY KEY,
  id             TEXT NOT NULL UNIQUE,  -- hash of what it says and where
  report_id      TEXT NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
  kind           TEXT NOT NULL CHECK (kind IN ('control', 'event', 'relation')),  -- what sort of thing
  type           TEXT NOT NULL,  -- what is claimed
  actor          TEXT,  -- who: name in the dictionary, else the words
  actor_id       TEXT,  -- id in the dictionary
  actor_text     TEXT,  -- the words as they stand
  opponent       TEXT,  -- whom, or against whom
  opponent_id    TEXT,
  opponent_text  TEXT,
  place_id       TEXT REFERENCES places (id) DEFERRABLE INITIALLY DEFERRED,  -- where, if anywhere
  place          TEXT,  -- name
  place_text     TEXT,  -- the words as they stand
  part           TEXT,  -- a part of the place
  near           INTEGER NOT NULL CHECK (near IN (0, 1)),  -- near it and not in it
  within         TEXT,  -- the larger place that the report names
  lat            REAL,  -- degrees, WGS 84
  lon            REAL,  -- degrees, WGS 84
  admin1         TEXT,  -- first-order division
  country        TEXT,  -- ISO 3166-1 alpha-2
  geo_precision  TEXT NOT NULL,  -- how exactly the point stands for the place
  candidates     TEXT NOT NULL CHECK (json_valid(candidates)),  -- ids of other places that the name may mean
  first_day      TEXT,  -- it may have been from this day
  last_day       TEXT,  -- to this day
  date_precision TEXT NOT NULL,  -- day, week, month, year, longer, unknown
  date_basis     TEXT NOT NULL,  -- what the days were reckoned from
  modality       TEXT NOT NULL,  -- asserted, hedged, denied, planned, possible
  sources        TEXT NOT NULL CHECK (json_valid(sources)),  -- who speaks first, who carried it last
  verification   TEXT,  -- what the report says of it
  count          TEXT CHECK (count IS NULL OR json_valid(count)),  -- killed and wounded as [low, high], and whom
  of             TEXT,  -- what was hit, if no place
  quote          TEXT NOT NULL,  -- the words
  quote_start    INTEGER NOT NULL,  -- where they begin in the text
  quote_end      INTEGER NOT NULL,  -- and end, exclusive
  also           TEXT NOT NULL CHECK (json_valid(also)),  -- further statements of the same: list of [start, end]
  rule           TEXT NOT NULL,  -- the rule that read it
  confidence     REAL NOT NULL  -- how sure the reading is, 0 to 1
) STRICT;
CREATE INDEX claims_by_place ON claims (place_id, first_day);
CREATE INDEX claims_by_report ON claims (report_id);

-- Full-text index over the quotes of claims.
CREATE VIRTUAL TABLE quote_words USING fts5 (
  quote, content = 'claims', content_rowid = 'number', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER quote_words_insert AFTER INSERT ON claims BEGIN
  INSERT INTO quote_words (rowid, quote) VALUES (new.number, new.quote);
END;
CREATE TRIGGER quote_words_delete AFTER DELETE ON claims BEGIN
  INSERT INTO quote_words (quote_words, rowid, quote) VALUES ('delete', old.number, old.quote);
END;
CREATE TRIGGER quote_words_update AFTER UPDATE OF quote ON claims BEGIN
  INSERT INTO quote_words (quote_words, rowid, quote) VALUES ('delete', old.number, old.quote);
  INSERT INTO quote_words (rowid, quote) VALUES (new.number, new.quote);
END;

-- Timeline ----------------------------------------------------------------------------------------------------------

-- Places whose claims or stories changed since their history was worked out. `mark` rises with each change, so that
-- a history worked out from older claims does not take a newer change off the list.
CREATE TABLE pending (
  place_id TEXT NOT NULL PRIMARY KEY,
  mark     INTEGER NOT NULL  -- changes with each change
) STRICT, WITHOUT ROWID;

-- Which version worked out the history of a place.
CREATE TABLE histories (
  place_id TEXT NOT NULL PRIMARY KEY REFERENCES places (id) ON DELETE CASCADE,
  maker    TEXT NOT NULL REFERENCES makers (id)
) STRICT, WITHOUT ROWID;

-- Claims of different reports about one happening.
CREATE TABLE events (
  id             TEXT NOT NULL PRIMARY KEY,
  place_id       TEXT NOT NULL REFERENCES places (id) ON DELETE CASCADE,
  part           TEXT,  -- of the place
  kind           TEXT NOT NULL,  -- control or event
  type           TEXT NOT NULL,  -- a type of control, or of ACLED's sub-events
  first_day      TEXT,  -- it may have been from this day
  last_day       TEXT,  -- to this day
  date_precision TEXT NOT NULL,
  date_basis     TEXT NOT NULL,
  actors         TEXT NOT NULL CHECK (json_valid(actors)),  -- list of names
  opponents      TEXT NOT NULL CHECK (json_valid(opponents)),  -- list of names
  killed         TEXT CHECK (killed IS NULL OR json_valid(killed)),       -- [low, best, high]
  killed_claims  TEXT NOT NULL CHECK (json_valid(killed_claims)),         -- the claim behind each
  voices         INTEGER NOT NULL,  -- independent of each other
  confidence     REAL NOT NULL  -- 0 to 1
) STRICT;
CREATE INDEX events_by_place ON events (place_id, first_day);
CREATE INDEX events_by_day ON events (first_day);

CREATE TABLE event_claims (
  event_id TEXT NOT NULL REFERENCES events (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  claim_id TEXT NOT NULL REFERENCES claims (id) ON DELETE CASCADE,
  PRIMARY KEY (event_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_claims_by_claim ON event_claims (claim_id);

-- Who has a place, or a part of it, how, and between which days it began and ended.
CREATE TABLE spells (
  id             TEXT NOT NULL PRIMARY KEY,  -- hash of place, state and days
  place_id       TEXT NOT NULL REFERENCES places (id) ON DELETE CASCADE,
  part           TEXT,  -- of the place; near: what lies around it
  layer          TEXT NOT NULL CHECK (layer IN ('claimed', 'assessed')),  -- of all, or of one side
  claimed_by     TEXT,  -- who, in the layer claimed
  status         TEXT NOT NULL,  -- held, partly held, contested, besieged, unknown
  holder         TEXT,  -- name
  contested      INTEGER NOT NULL CHECK (contested IN (0, 1)),  -- whether it is fought for
  besieged_by    TEXT,  -- name
  start_earliest TEXT,  -- it began on this day or later
  start_latest   TEXT,  -- on this day or earlier
  begins         TEXT NOT NULL,    -- the single day from which it counts, between the two
  ended          INTEGER NOT NULL CHECK (ended IN (0, 1)),  -- 0: still so
  end_earliest   TEXT,  -- it lasted to this day or longer
  end_latest     TEXT,  -- to this day or less
  spoken         TEXT,             -- the last day on which a claim spoke of the place or part
  confidence     REAL NOT NULL,  -- 0 to 1
  voices         INTEGER NOT NULL  -- independent voices for it
) STRICT;
CREATE INDEX spells_by_place ON spells (place_id, layer, part, begins);

CREATE TABLE spell_claims (
  spell_id TEXT NOT NULL REFERENCES spells (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  claim_id TEXT NOT NULL REFERENCES claims (id) ON DELETE CASCADE,
  pull     REAL NOT NULL,                                   -- log-odds; above 0 speaks for the spell
  PRIMARY KEY (spell_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX spell_claims_by_claim ON spell_claims (claim_id);

-- Claims about one place and time that cannot both be true.
CREATE TABLE disputes (
  id             TEXT NOT NULL PRIMARY KEY,
  place_id       TEXT NOT NULL REFERENCES places (id) ON DELETE CASCADE,
  part           TEXT,  -- of the place
  first_day      TEXT,  -- from this day
  last_day       TEXT,  -- to this day
  date_precision TEXT NOT NULL,
  date_basis     TEXT NOT NULL,
  about          TEXT NOT NULL,  -- in a line
  open           INTEGER NOT NULL CHECK (open IN (0, 1)),  -- whether it is not settled
  reading        TEXT NOT NULL  -- how the timeline reads it
) STRICT;
CREATE INDEX disputes_by_place ON disputes (place_id);

-- The sides of a dispute, from 0, and what each says.
CREATE TABLE dispute_sides (
  dispute_id TEXT NOT NULL REFERENCES disputes (id) ON DELETE CASCADE,
  side       INTEGER NOT NULL,
  says       TEXT NOT NULL,
  PRIMARY KEY (dispute_id, side)
) STRICT, WITHOUT ROWID;

CREATE TABLE dispute_claims (
  dispute_id TEXT NOT NULL REFERENCES disputes (id) ON DELETE CASCADE,
  side       INTEGER NOT NULL,
  position   INTEGER NOT NULL,
  claim_id   TEXT NOT NULL REFERENCES claims (id) ON DELETE CASCADE,
  PRIMARY KEY (dispute_id, side, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX dispute_claims_by_claim ON dispute_claims (claim_id);

-- Views with plain names, for Datasette, DB Browser and QGIS --------------------------------------------------------

CREATE VIEW who_holds_what AS
  SELECT p.name AS place, s.part, s.holder, s.status, s.contested, s.besieged_by,
         s.start_earliest AS from_earliest, s.start_latest AS from_latest,
         s.end_earliest AS until_earliest, s.end_latest AS until_latest, s.ended = 0 AS still_so,
         round(s.confidence, 2) AS confidence, s.voices, p.level, p.admin1, p.country,
         p.lat AS latitude, p.lon AS longitude, s.id AS spell_id, s.place_id
    FROM spells s JOIN places p ON p.id = s.place_id
   WHERE s.layer = 'assessed'
   ORDER BY p.name, s.part, s.begins;

CREATE VIEW who_claims_what AS
  SELECT p.name AS place, s.part, s.claimed_by, s.holder, s.status,
         s.start_earliest AS from_earliest, s.start_latest AS from_latest,
         s.end_earliest AS until_earliest, s.end_latest AS until_latest, s.ended = 0 AS still_so,
         round(s.confidence, 2) AS confidence, s.voices, p.level, p.admin1, p.country,
         p.lat AS latitude, p.lon AS longitude, s.id AS spell_id, s.place_id
    FROM spells s JOIN places p ON p.id = s.place_id
   WHERE s.layer = 'claimed'
   ORDER BY p.name, s.part, s.claimed_by, s.begins;

CREATE VIEW what_happened AS
  SELECT e.first_day, e.last_day, e.date_precision, p.name AS place, e.part, e.kind, e.type, e.actors, e.opponents,
         json_extract(e.killed, '$[0]') AS killed_low, json_extract(e.killed, '$[1]') AS killed_best,
         json_extract(e.killed, '$[2]') AS killed_high, e.voices, round(e.confidence, 2) AS confidence,
         p.level, p.admin1, p.country, p.lat AS latitude, p.lon AS longitude, e.id AS event_id, e.place_id
    FROM events e JOIN places p ON p.id = e.place_id
   ORDER BY e.first_day, p.name;

CREATE VIEW what_is_disputed AS
  SELECT p.name AS place, d.part, d.first_day, d.last_day, d.about, s.says, d.open, d.reading,
         (SELECT count(*) FROM dispute_claims c WHERE c.dispute_id = d.id AND c.side = s.side) AS claims,
         p.lat AS latitude, p.lon AS longitude, d.id AS dispute_id, d.place_id
    FROM disputes d JOIN dispute_sides s ON s.dispute_id = d.id JOIN places p ON p.id = d.place_id
   ORDER BY p.name, d.first_day, d.id, s.side;

CREATE VIEW who_says_what AS
  SELECT c.kind, c.type, c.actor, c.opponent, c.place, c.part, c.near, c.first_day, c.last_day, c.date_precision,
         c.modality, c.sources, c.verification, c.count, c.of, c.quote, r.outlet, r.original_outlet, r.headline,
         r.published, c.geo_precision, c.country, c.lat AS latitude, c.lon AS longitude, c.rule,
         round(c.confidence, 2) AS confidence, t.story_id, c.report_id, r.sha256, c.id AS claim_id, c.place_id
    FROM claims c JOIN reports r ON r.id = c.report_id LEFT JOIN stories t ON t.report_id = c.report_id
   ORDER BY c.first_day, c.place;
