-- Form 17 of a record: written by tools/schema.py from the steps up to there.

CREATE TABLE blobs (
  sha256 TEXT NOT NULL PRIMARY KEY CHECK (length(sha256) = 64),
  size   INTEGER NOT NULL,        -- of the bytes as received
  packed BLOB NOT NULL            -- zlib
) STRICT;
CREATE TABLE makers (
  id   TEXT NOT NULL PRIMARY KEY,  -- version, and the beginnings of both hashes
  tool TEXT NOT NULL,  -- version
  code TEXT NOT NULL,  -- SHA-256
  data TEXT NOT NULL  -- SHA-256
) STRICT;
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
, notes TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(notes))) STRICT;
CREATE TABLE receipts (
  report_id TEXT NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
  origin    TEXT NOT NULL,  -- path or address
  doc       TEXT NOT NULL,  -- short name
  read_at   TEXT NOT NULL,  -- when it first came in so, UTC
  PRIMARY KEY (report_id, origin)
) STRICT, WITHOUT ROWID;
CREATE TABLE stories (
  report_id TEXT NOT NULL PRIMARY KEY REFERENCES reports (id) ON DELETE CASCADE,
  story_id  TEXT NOT NULL  -- the smallest id of its reports
) STRICT, WITHOUT ROWID;
CREATE TABLE failures (
  origin  TEXT NOT NULL,  -- path or address
  stage   TEXT NOT NULL,  -- how far it came
  error   TEXT NOT NULL,  -- kind of error
  message TEXT NOT NULL,  -- names the input and says what to do
  read_at TEXT NOT NULL,  -- when, UTC
  PRIMARY KEY (origin, stage)
) STRICT, WITHOUT ROWID;
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
CREATE VIRTUAL TABLE places_box USING rtree (number, min_lat, max_lat, min_lon, max_lon);
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
, review TEXT CHECK (review IN ('accepted', 'rejected', 'corrected', 'by hand')), credibility INTEGER CHECK (credibility BETWEEN 1 AND 6), ties TEXT CHECK (ties IS NULL OR json_valid(ties)), listed_from TEXT, listed_to TEXT) STRICT;
CREATE TABLE pending (
  place_id TEXT NOT NULL PRIMARY KEY,
  mark     INTEGER NOT NULL  -- changes with each change
) STRICT, WITHOUT ROWID;
CREATE TABLE histories (
  place_id TEXT NOT NULL PRIMARY KEY REFERENCES places (id) ON DELETE CASCADE,
  maker    TEXT NOT NULL REFERENCES makers (id)
, weights TEXT REFERENCES weight_sets (version)) STRICT, WITHOUT ROWID;
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
CREATE TABLE dispute_sides (
  dispute_id TEXT NOT NULL REFERENCES disputes (id) ON DELETE CASCADE,
  side       INTEGER NOT NULL,
  says       TEXT NOT NULL,
  PRIMARY KEY (dispute_id, side)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE shingles (
  hash   INTEGER NOT NULL,
  sought INTEGER NOT NULL CHECK (sought IN (0, 1)),  -- whether the report is to be found by it (`report/story.py`)
  report INTEGER NOT NULL,       -- its number; no reference, which would be looked up for every row
  PRIMARY KEY (hash, sought, report)
) STRICT, WITHOUT ROWID;
CREATE TABLE untold (
  report_id TEXT NOT NULL PRIMARY KEY REFERENCES reports (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE TABLE stories_by (
  maker TEXT NOT NULL PRIMARY KEY REFERENCES makers (id)
) STRICT, WITHOUT ROWID;
CREATE TABLE log (
  number INTEGER NOT NULL PRIMARY KEY,                     -- from 1, without a gap
  entry  TEXT NOT NULL CHECK (json_valid(entry)),          -- the text that is hashed
  hash   TEXT NOT NULL CHECK (length(hash) = 64)           -- SHA-256 of `entry`
) STRICT;
CREATE TABLE feeds (
  url      TEXT NOT NULL PRIMARY KEY,
  etag     TEXT,
  modified TEXT,
  next_at  TEXT NOT NULL,                                  -- when it is to be asked again
  failures INTEGER NOT NULL DEFAULT 0,                     -- one after the other
  why      TEXT                                            -- of the last of them
) STRICT, WITHOUT ROWID;
CREATE TABLE found (
  url     TEXT NOT NULL PRIMARY KEY,
  feed    TEXT NOT NULL,
  state   TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'given up')),
  tries   INTEGER NOT NULL DEFAULT 0,
  next_at TEXT NOT NULL,
  item    TEXT NOT NULL CHECK (json_valid(item))           -- what the feed itself holds of it, should the page not be had
) STRICT, WITHOUT ROWID;
CREATE TABLE reviews (
  number INTEGER NOT NULL PRIMARY KEY,                     -- in the order in which they came into this record
  id     TEXT NOT NULL UNIQUE,                             -- "v" and the beginning of the SHA-256 of `entry`
  entry  TEXT NOT NULL CHECK (json_valid(entry))           -- the text that is hashed
) STRICT;
CREATE TABLE review_claims (
  review_id TEXT NOT NULL REFERENCES reviews (id),
  position  INTEGER NOT NULL,
  report_id TEXT NOT NULL,                                 -- no reference: it may be read later
  claim_id  TEXT REFERENCES claims (id) ON DELETE SET NULL,
  PRIMARY KEY (review_id, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE claims_as_read (
  claim_id TEXT NOT NULL PRIMARY KEY REFERENCES claims (id) ON DELETE CASCADE,
  columns  TEXT NOT NULL CHECK (json_valid(columns))       -- those that were corrected, with what was read
) STRICT, WITHOUT ROWID;
CREATE TABLE rereadings (
  number   INTEGER NOT NULL PRIMARY KEY,
  at       TEXT NOT NULL,
  maker    TEXT NOT NULL REFERENCES makers (id),
  log      INTEGER NOT NULL,
  readings INTEGER NOT NULL
) STRICT;
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
CREATE TABLE former_histories (
  place_id TEXT NOT NULL PRIMARY KEY,
  maker    TEXT NOT NULL REFERENCES makers (id),
  weights  TEXT REFERENCES weight_sets (version),
  spells   TEXT NOT NULL CHECK (json_valid(spells))         -- rows of `spells`, as objects, each with its `pulls`
) STRICT, WITHOUT ROWID;
CREATE TABLE units (
  place_id TEXT NOT NULL REFERENCES places (id) ON DELETE CASCADE,
  name     TEXT NOT NULL,
  basis    BLOB,                                           -- a digest of what a unit was made from
  packed   BLOB NOT NULL,                                  -- MessagePack
  PRIMARY KEY (place_id, name)
) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE report_words USING fts5 (
  text, content="reports", content_rowid="number", tokenize="unicode61 remove_diacritics 2"
);
CREATE VIRTUAL TABLE quote_words USING fts5 (
  quote, content="claims", content_rowid="number", tokenize="unicode61 remove_diacritics 2"
);
CREATE TABLE unweighed (
  place_id TEXT NOT NULL,                                  -- no reference: triggers keep this table in step
  claim_id TEXT NOT NULL,
  PRIMARY KEY (place_id, claim_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE said (
  place_id TEXT NOT NULL,                                  -- no reference: triggers keep this table in step
  claim_id TEXT NOT NULL,                                  -- in the order of which they are read
  packed   BLOB NOT NULL,                                  -- MessagePack
  PRIMARY KEY (place_id, claim_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE "event_claims" (
  event_id TEXT NOT NULL REFERENCES events (id) ON DELETE CASCADE,
  claim_id TEXT NOT NULL,                                  -- of `claims`; no reference: triggers keep this table in step
  PRIMARY KEY (event_id, claim_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE "spell_claims" (
  spell_id TEXT NOT NULL REFERENCES spells (id) ON DELETE CASCADE,
  claim_id TEXT NOT NULL,                                  -- of `claims`; no reference: triggers keep this table in step
  pull     REAL NOT NULL,                                  -- log-odds; above 0 speaks for the spell
  PRIMARY KEY (spell_id, claim_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE "dispute_claims" (
  dispute_id TEXT NOT NULL REFERENCES disputes (id) ON DELETE CASCADE,
  side       INTEGER NOT NULL,
  claim_id   TEXT NOT NULL,                                -- of `claims`; no reference: triggers keep this table in step
  PRIMARY KEY (dispute_id, side, claim_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE behind (
  place_id TEXT NOT NULL,                                  -- no reference: triggers make this table, and empty it
  claim_id TEXT NOT NULL,
  what     TEXT NOT NULL CHECK (what IN ('event', 'spell', 'dispute')),
  id       TEXT NOT NULL,                                  -- of the event, spell or dispute
  PRIMARY KEY (place_id, claim_id, what, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX stories_by_story ON stories (story_id);
CREATE INDEX claims_by_report ON claims (report_id);
CREATE INDEX events_by_place ON events (place_id, first_day);
CREATE INDEX events_by_day ON events (first_day);
CREATE INDEX spells_by_place ON spells (place_id, layer, part, begins);
CREATE INDEX disputes_by_place ON disputes (place_id);
CREATE UNIQUE INDEX weight_set_in_force ON weight_sets (in_force) WHERE in_force;
CREATE INDEX reports_by_signature ON reports (substr(signature, 1, 32));
CREATE INDEX receipts_by_origin ON receipts (origin);
CREATE INDEX found_waiting ON found (next_at) WHERE state = 'waiting';
CREATE INDEX reviews_by_time ON reviews (json_extract(entry, '$.at'));
CREATE INDEX reviews_by_undone ON reviews (json_extract(entry, '$.undoes'))
  WHERE json_extract(entry, '$.undoes') IS NOT NULL;
CREATE INDEX reviews_by_source ON reviews (json_extract(entry, '$.source'))
  WHERE json_extract(entry, '$.source') IS NOT NULL;
CREATE INDEX review_claims_by_claim ON review_claims (claim_id);
CREATE INDEX review_claims_by_report ON review_claims (report_id);
CREATE INDEX claims_reviewed ON claims (review) WHERE review IS NOT NULL;
CREATE INDEX former_readings_by_report ON former_readings (report_id, number);
CREATE INDEX reports_listed ON reports (published DESC, id, outlet, original_outlet);
CREATE INDEX spells_reaching ON spells (layer, coalesce(end_latest, end_earliest, '9999'), begins);
CREATE INDEX places_by_name ON places (name, id);
CREATE INDEX claims_by_place ON claims (place_id);
CREATE INDEX claims_tied ON claims (place_id, ties) WHERE ties IS NOT NULL;
CREATE VIEW what_was_read_when AS
  SELECT number, json_extract(entry, '$.at') AS at, json_extract(entry, '$.what') AS what,
         json_extract(entry, '$.origin') AS origin, json_extract(entry, '$.capture.url') AS url,
         json_extract(entry, '$.sha256') AS sha256, json_extract(entry, '$.report') AS report_id,
         json_extract(entry, '$.maker') AS maker, hash
    FROM log
   ORDER BY number;
CREATE VIEW who_holds_what_now AS
  SELECT place, part, holder, status, contested, besieged_by, begins, from_earliest, from_latest, confidence, voices,
         level, admin1, country, latitude, longitude, spell_id, place_id, geometry
    FROM who_holds_what
   WHERE still_so;
CREATE VIEW geometry_columns AS
  SELECT column1 AS f_table_name, 'geometry' AS f_geometry_column, 1 AS geometry_type, 2 AS coord_dimension,
         4326 AS srid, 'WKT' AS geometry_format
    FROM (VALUES ('who_holds_what'), ('who_holds_what_now'), ('who_claims_what'), ('what_happened'),
                 ('what_is_disputed'), ('who_says_what'));
CREATE VIEW spatial_ref_sys AS
  SELECT 4326 AS srid, 'EPSG' AS auth_name, 4326 AS auth_srid,
         'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],'
         || 'UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4326"]]' AS srtext;
CREATE VIEW who_is_reliable AS
  SELECT t.name AS voice, t.kind, t.speaks_for, CAST(round(t.claims, 1) AS REAL) AS claims,
         CAST(round(t.expected, 1) AS REAL) AS expected_right, t.borne_out, t.contradicted, t.prior, t.learned,
         t.low, t.high, s.version, s.made_at, s.in_force
    FROM track_records t JOIN weight_sets s ON s.version = t.version
   ORDER BY s.number DESC, t.learned DESC, t.voice;
CREATE VIEW who_reviewed_what AS
  SELECT json_extract(v.entry, '$.at') AS at, json_extract(v.entry, '$.analyst') AS analyst,
         json_extract(v.entry, '$.action') AS action, json_extract(v.entry, '$.why') AS why,
         coalesce(json_extract(v.entry, '$.source'), json_extract(v.entry, '$.place')) AS about,
         json_extract(v.entry, '$.fields') AS fields, json_extract(v.entry, '$.undoes') AS undoes,
         c.claim_id, c.report_id,
         CAST(c.claim_id IS NULL AND c.report_id IS NOT NULL AS INTEGER) AS not_attached, v.id AS review_id
    FROM reviews v LEFT JOIN review_claims c ON c.review_id = v.id
   ORDER BY v.number, c.position;
CREATE VIEW what_was_read_before AS
  SELECT f.report_id, r.headline, f.outlet, f.published, f.maker AS read_by, f.replaced_at, r.maker AS now_read_by,
         f.count AS claims,
         CAST((SELECT count(*) FROM claims c WHERE c.report_id = f.report_id) AS INTEGER) AS claims_now
    FROM former_readings f JOIN reports r ON r.id = f.report_id
   ORDER BY f.number;
CREATE VIEW who_holds_what AS
  SELECT p.name AS place, s.part, s.holder, s.status, s.contested, s.besieged_by, s.begins,
         s.start_earliest AS from_earliest, s.start_latest AS from_latest,
         s.end_earliest AS until_earliest, s.end_latest AS until_latest, CAST(s.ended = 0 AS INTEGER) AS still_so,
         CAST(round(s.confidence, 2) AS REAL) AS confidence, s.voices, p.level, p.admin1, p.country,
         p.lat AS latitude, p.lon AS longitude, s.id AS spell_id, s.place_id,
         CASE p.level WHEN 'place' THEN 'POINT(' || p.lon || ' ' || p.lat || ')' END AS geometry
    FROM spells s JOIN places p ON p.id = s.place_id
   WHERE s.layer = 'assessed';
CREATE VIEW who_claims_what AS
  SELECT p.name AS place, s.part, s.claimed_by, s.holder, s.status, s.begins,
         s.start_earliest AS from_earliest, s.start_latest AS from_latest,
         s.end_earliest AS until_earliest, s.end_latest AS until_latest, CAST(s.ended = 0 AS INTEGER) AS still_so,
         CAST(round(s.confidence, 2) AS REAL) AS confidence, s.voices, p.level, p.admin1, p.country,
         p.lat AS latitude, p.lon AS longitude, s.id AS spell_id, s.place_id,
         CASE p.level WHEN 'place' THEN 'POINT(' || p.lon || ' ' || p.lat || ')' END AS geometry
    FROM spells s JOIN places p ON p.id = s.place_id
   WHERE s.layer = 'claimed';
CREATE VIEW what_happened AS
  SELECT e.first_day, e.last_day, e.date_precision, p.name AS place, e.part, e.kind, e.type, e.actors, e.opponents,
         CAST(json_extract(e.killed, '$[0]') AS INTEGER) AS killed_low,
         CAST(json_extract(e.killed, '$[1]') AS INTEGER) AS killed_best,
         CAST(json_extract(e.killed, '$[2]') AS INTEGER) AS killed_high, e.voices,
         CAST(round(e.confidence, 2) AS REAL) AS confidence, p.level, p.admin1, p.country,
         p.lat AS latitude, p.lon AS longitude, e.id AS event_id, e.place_id,
         CASE p.level WHEN 'place' THEN 'POINT(' || p.lon || ' ' || p.lat || ')' END AS geometry
    FROM events e JOIN places p ON p.id = e.place_id;
CREATE VIEW who_says_what AS
  SELECT c.kind, c.type, c.actor, c.opponent, c.place, c.part, c.near, c.first_day, c.last_day, c.date_precision,
         c.modality, c.sources, c.verification, c.count, c.of, c.quote, r.outlet, r.original_outlet, r.headline,
         r.published, c.geo_precision, c.country, c.lat AS latitude, c.lon AS longitude, c.rule,
         CAST(round(c.confidence, 2) AS REAL) AS confidence, c.review, c.credibility, o.columns AS as_read, t.story_id,
         c.report_id, r.sha256, c.id AS claim_id, c.place_id,
         CASE WHEN c.geo_precision IN ('exact', 'near', 'part') THEN 'POINT(' || c.lon || ' ' || c.lat || ')' END
           AS geometry
    FROM claims c JOIN reports r ON r.id = c.report_id LEFT JOIN stories t ON t.report_id = c.report_id
    LEFT JOIN claims_as_read o ON o.claim_id = c.id;
CREATE VIEW what_is_disputed AS
  SELECT p.name AS place, d.part, d.first_day, d.last_day, d.about, s.says, d.open, d.reading,
         CAST((SELECT count(*) FROM dispute_claims c WHERE c.dispute_id = d.id AND c.side = s.side) AS INTEGER)
           AS claims,
         p.lat AS latitude, p.lon AS longitude, d.id AS dispute_id, d.place_id,
         CASE p.level WHEN 'place' THEN 'POINT(' || p.lon || ' ' || p.lat || ')' END AS geometry
    FROM disputes d JOIN dispute_sides s ON s.dispute_id = d.id JOIN places p ON p.id = d.place_id;
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
CREATE TRIGGER log_no_update BEFORE UPDATE ON log BEGIN
  SELECT RAISE(ABORT, 'the log is only ever added to');
END;
CREATE TRIGGER log_no_delete BEFORE DELETE ON log BEGIN
  SELECT RAISE(ABORT, 'the log is only ever added to');
END;
CREATE TRIGGER reviews_no_update BEFORE UPDATE ON reviews BEGIN
  SELECT RAISE(ABORT, 'reviews are only ever added to');
END;
CREATE TRIGGER reviews_no_delete BEFORE DELETE ON reviews BEGIN
  SELECT RAISE(ABORT, 'reviews are only ever added to');
END;
CREATE TRIGGER claims_listed_insert AFTER INSERT ON claims WHEN new.listed_to IS NULL BEGIN
  UPDATE claims SET
    listed_from = coalesce(first_day, last_day, (SELECT published FROM reports r WHERE r.id = report_id)),
    listed_to = coalesce(last_day, first_day, (SELECT published FROM reports r WHERE r.id = report_id))
  WHERE number = new.number;
END;
CREATE TRIGGER claims_listed_update AFTER UPDATE OF first_day, last_day ON claims BEGIN
  UPDATE claims SET
    listed_from = coalesce(first_day, last_day, (SELECT published FROM reports r WHERE r.id = report_id)),
    listed_to = coalesce(last_day, first_day, (SELECT published FROM reports r WHERE r.id = report_id))
  WHERE number = new.number;
END;
CREATE TRIGGER said_new AFTER INSERT ON claims WHEN new.place_id IS NOT NULL BEGIN
  INSERT INTO unweighed SELECT place_id, new.id FROM histories WHERE place_id = new.place_id;
END;
CREATE TRIGGER said_no_more AFTER DELETE ON claims WHEN old.place_id IS NOT NULL BEGIN
  DELETE FROM unweighed WHERE place_id = old.place_id AND claim_id = old.id;
  DELETE FROM said WHERE place_id = old.place_id AND claim_id = old.id;
  DELETE FROM units WHERE place_id = old.place_id;
END;
CREATE TRIGGER said_otherwise AFTER UPDATE OF
  id, report_id, kind, type, actor, actor_id, actor_text, opponent, opponent_id, opponent_text, place_id, place, place_text,
  part, near, within, lat, lon, admin1, country, geo_precision, candidates, first_day, last_day, date_precision, date_basis,
  modality, sources, verification, count, of, quote, quote_start, quote_end, also, rule, confidence, review, credibility, ties
ON claims BEGIN
  DELETE FROM unweighed WHERE place_id = old.place_id AND claim_id = old.id;
  DELETE FROM said WHERE place_id = old.place_id AND claim_id = old.id;
  INSERT INTO unweighed SELECT place_id, new.id FROM histories WHERE place_id = new.place_id;
  DELETE FROM units WHERE place_id IN (old.place_id, new.place_id);
END;
CREATE TRIGGER said_in_new_story AFTER INSERT ON stories BEGIN
  INSERT INTO unweighed SELECT s.place_id, s.claim_id FROM claims c CROSS JOIN said s
    ON s.place_id = c.place_id AND s.claim_id = c.id WHERE c.report_id = new.report_id;
  DELETE FROM said WHERE (place_id, claim_id) IN
    (SELECT place_id, id FROM claims WHERE report_id = new.report_id AND place_id IS NOT NULL);
END;
CREATE TRIGGER said_in_other_story AFTER UPDATE ON stories BEGIN
  INSERT INTO unweighed SELECT s.place_id, s.claim_id FROM claims c CROSS JOIN said s
    ON s.place_id = c.place_id AND s.claim_id = c.id WHERE c.report_id = new.report_id;
  DELETE FROM said WHERE (place_id, claim_id) IN
    (SELECT place_id, id FROM claims WHERE report_id = new.report_id AND place_id IS NOT NULL);
END;
CREATE TRIGGER report_words_delete AFTER DELETE ON reports
WHEN EXISTS (SELECT 1 FROM report_words_docsize WHERE id = old.number) BEGIN
  INSERT INTO report_words (report_words, rowid, text) VALUES ('delete', old.number, old.text);
END;
CREATE TRIGGER report_words_update AFTER UPDATE OF text ON reports
WHEN EXISTS (SELECT 1 FROM report_words_docsize WHERE id = old.number) BEGIN
  INSERT INTO report_words (report_words, rowid, text) VALUES ('delete', old.number, old.text);
  INSERT INTO report_words (rowid, text) VALUES (new.number, new.text);
END;
CREATE TRIGGER quote_words_delete AFTER DELETE ON claims
WHEN EXISTS (SELECT 1 FROM quote_words_docsize WHERE id = old.number) BEGIN
  INSERT INTO quote_words (quote_words, rowid, quote) VALUES ('delete', old.number, old.quote);
END;
CREATE TRIGGER quote_words_update AFTER UPDATE OF quote ON claims
WHEN EXISTS (SELECT 1 FROM quote_words_docsize WHERE id = old.number) BEGIN
  INSERT INTO quote_words (quote_words, rowid, quote) VALUES ('delete', old.number, old.quote);
  INSERT INTO quote_words (rowid, quote) VALUES (new.number, new.quote);
END;
CREATE TRIGGER behind_no_more AFTER DELETE ON claims WHEN old.place_id IS NOT NULL BEGIN
  INSERT INTO behind
    SELECT place_id, claim_id, 'event', event_id FROM events JOIN event_claims ON event_id = id
     WHERE place_id = old.place_id AND NOT EXISTS (SELECT 1 FROM behind WHERE place_id = old.place_id)
    UNION ALL
    SELECT place_id, claim_id, 'spell', spell_id FROM spells JOIN spell_claims ON spell_id = id
     WHERE place_id = old.place_id AND NOT EXISTS (SELECT 1 FROM behind WHERE place_id = old.place_id)
    UNION
    SELECT place_id, claim_id, 'dispute', dispute_id FROM disputes JOIN dispute_claims ON dispute_id = id
     WHERE place_id = old.place_id AND NOT EXISTS (SELECT 1 FROM behind WHERE place_id = old.place_id);
  DELETE FROM event_claims WHERE claim_id = old.id AND event_id IN
    (SELECT id FROM behind WHERE place_id = old.place_id AND claim_id = old.id AND what = 'event');
  DELETE FROM spell_claims WHERE claim_id = old.id AND spell_id IN
    (SELECT id FROM behind WHERE place_id = old.place_id AND claim_id = old.id AND what = 'spell');
  DELETE FROM dispute_claims WHERE claim_id = old.id AND dispute_id IN
    (SELECT id FROM behind WHERE place_id = old.place_id AND claim_id = old.id AND what = 'dispute');
END;
CREATE TRIGGER behind_elsewhere AFTER UPDATE OF place_id ON claims
WHEN old.place_id IS NOT NULL AND old.place_id IS NOT new.place_id BEGIN
  INSERT INTO behind
    SELECT place_id, claim_id, 'event', event_id FROM events JOIN event_claims ON event_id = id
     WHERE place_id = old.place_id AND NOT EXISTS (SELECT 1 FROM behind WHERE place_id = old.place_id)
    UNION ALL
    SELECT place_id, claim_id, 'spell', spell_id FROM spells JOIN spell_claims ON spell_id = id
     WHERE place_id = old.place_id AND NOT EXISTS (SELECT 1 FROM behind WHERE place_id = old.place_id)
    UNION
    SELECT place_id, claim_id, 'dispute', dispute_id FROM disputes JOIN dispute_claims ON dispute_id = id
     WHERE place_id = old.place_id AND NOT EXISTS (SELECT 1 FROM behind WHERE place_id = old.place_id);
  DELETE FROM event_claims WHERE claim_id = old.id AND event_id IN
    (SELECT id FROM behind WHERE place_id = old.place_id AND claim_id = old.id AND what = 'event');
  DELETE FROM spell_claims WHERE claim_id = old.id AND spell_id IN
    (SELECT id FROM behind WHERE place_id = old.place_id AND claim_id = old.id AND what = 'spell');
  DELETE FROM dispute_claims WHERE claim_id = old.id AND dispute_id IN
    (SELECT id FROM behind WHERE place_id = old.place_id AND claim_id = old.id AND what = 'dispute');
END;
CREATE TRIGGER behind_told AFTER DELETE ON pending BEGIN
  DELETE FROM behind WHERE place_id = old.place_id;
END;
