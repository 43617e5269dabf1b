-- Reviews: what analysts decided, and why. Rows are only added, and each is entered into the log (`record/reviews.py`).

CREATE TABLE reviews (
  number INTEGER NOT NULL PRIMARY KEY,                     -- in the order in which they came into this record
  id     TEXT NOT NULL UNIQUE,                             -- "v" and the beginning of the SHA-256 of `entry`
  entry  TEXT NOT NULL CHECK (json_valid(entry))           -- the text that is hashed
) STRICT;
CREATE INDEX reviews_by_time ON reviews (json_extract(entry, '$.at'));
CREATE INDEX reviews_by_undone ON reviews (json_extract(entry, '$.undoes'))
  WHERE json_extract(entry, '$.undoes') IS NOT NULL;
CREATE INDEX reviews_by_source ON reviews (json_extract(entry, '$.source'))
  WHERE json_extract(entry, '$.source') IS NOT NULL;

CREATE TRIGGER reviews_no_update BEFORE UPDATE ON reviews BEGIN
  SELECT RAISE(ABORT, 'reviews are only ever added to');
END;
CREATE TRIGGER reviews_no_delete BEFORE DELETE ON reviews BEGIN
  SELECT RAISE(ABORT, 'reviews are only ever added to');
END;

-- What follows from reviews and readings together, and is made anew when either changes (`record/reattach.py`).

-- Which claim each review is about now. Without a claim the words are no longer read as one: it could not be attached.
CREATE TABLE review_claims (
  review_id TEXT NOT NULL REFERENCES reviews (id),
  position  INTEGER NOT NULL,
  report_id TEXT NOT NULL,                                 -- no reference: it may be read later
  claim_id  TEXT REFERENCES claims (id) ON DELETE SET NULL,
  PRIMARY KEY (review_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX review_claims_by_claim ON review_claims (claim_id);
CREATE INDEX review_claims_by_report ON review_claims (report_id);

-- A claim stands as analysts have it; what was read stands in `claims_as_read` where that is something else.
ALTER TABLE claims ADD COLUMN review TEXT CHECK (review IN ('accepted', 'rejected', 'corrected', 'by hand'));
ALTER TABLE claims ADD COLUMN credibility INTEGER CHECK (credibility BETWEEN 1 AND 6);
ALTER TABLE claims ADD COLUMN ties TEXT CHECK (ties IS NULL OR json_valid(ties));  -- reviews that merge or split events
CREATE INDEX claims_reviewed ON claims (review) WHERE review IS NOT NULL;

-- Of claims that analysts corrected, what was read.
CREATE TABLE claims_as_read (
  claim_id TEXT NOT NULL PRIMARY KEY REFERENCES claims (id) ON DELETE CASCADE,
  columns  TEXT NOT NULL CHECK (json_valid(columns))       -- those that were corrected, with what was read
) STRICT, WITHOUT ROWID;

-- Reviews, entry by entry, with the claims that they are about now.
CREATE VIEW who_reviewed_what AS
  SELECT json_extract(v.entry, '$.at') AS at, json_extract(v.entry, '$.analyst') AS analyst,
         json_extract(v.entry, '$.action') AS action, json_extract(v.entry, '$.why') AS why,
         coalesce(json_extract(v.entry, '$.source'), json_extract(v.entry, '$.place')) AS about,
         json_extract(v.entry, '$.fields') AS fields, json_extract(v.entry, '$.undoes') AS undoes,
         c.claim_id, c.report_id, c.claim_id IS NULL AND c.report_id IS NOT NULL AS not_attached, v.id AS review_id
    FROM reviews v LEFT JOIN review_claims c ON c.review_id = v.id
   ORDER BY v.number, c.position;

DROP VIEW who_says_what;
CREATE VIEW who_says_what AS
  SELECT c.kind, c.type, c.actor, c.opponent, c.place, c.part, c.near, c.first_day, c.last_day, c.date_precision,
         c.modality, c.sources, c.verification, c.count, c.of, c.quote, r.outlet, r.original_outlet, r.headline,
         r.published, c.geo_precision, c.country, c.lat AS latitude, c.lon AS longitude, c.rule,
         round(c.confidence, 2) AS confidence, c.review, c.credibility, o.columns AS as_read, t.story_id, c.report_id,
         r.sha256, c.id AS claim_id, c.place_id
    FROM claims c JOIN reports r ON r.id = c.report_id LEFT JOIN stories t ON t.report_id = c.report_id
    LEFT JOIN claims_as_read o ON o.claim_id = c.id
   ORDER BY c.first_day, c.place;
