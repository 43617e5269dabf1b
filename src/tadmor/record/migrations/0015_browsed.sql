-- What Datasette, and others that look into any file of SQLite, need to find what is there. They know the index of words of
-- a table by how it names the table: with these signs, and no space between; what is in the indexes stays the same. In
-- views they look for the texts that stand in addresses, which no number equals that is worked out and has no type.

DROP TABLE report_words;
-- Full-text index over the texts of reports.
CREATE VIRTUAL TABLE report_words USING fts5 (
  text, content="reports", content_rowid="number", tokenize="unicode61 remove_diacritics 2"
);
INSERT INTO report_words (report_words) VALUES ('rebuild');
DROP TABLE quote_words;
-- Full-text index over the quotes of claims.
CREATE VIRTUAL TABLE quote_words USING fts5 (
  quote, content="claims", content_rowid="number", tokenize="unicode61 remove_diacritics 2"
);
INSERT INTO quote_words (quote_words) VALUES ('rebuild');

DROP VIEW who_is_reliable;
CREATE VIEW who_is_reliable AS
  SELECT t.name AS voice, t.kind, t.speaks_for, CAST(round(t.claims, 1) AS REAL) AS claims,
         CAST(round(t.expected, 1) AS REAL) AS expected_right, t.borne_out, t.contradicted, t.prior, t.learned,
         t.low, t.high, s.version, s.made_at, s.in_force
    FROM track_records t JOIN weight_sets s ON s.version = t.version
   ORDER BY s.number DESC, t.learned DESC, t.voice;

DROP VIEW who_reviewed_what;
CREATE VIEW who_reviewed_what AS
  SELECT json_extract(v.entry, '$.at') AS at, json_extract(v.entry, '$.analyst') AS analyst,
         json_extract(v.entry, '$.action') AS action, json_extract(v.entry, '$.why') AS why,
         coalesce(json_extract(v.entry, '$.source'), json_extract(v.entry, '$.place')) AS about,
         json_extract(v.entry, '$.fields') AS fields, json_extract(v.entry, '$.undoes') AS undoes,
         c.claim_id, c.report_id,
         CAST(c.claim_id IS NULL AND c.report_id IS NOT NULL AS INTEGER) AS not_attached, v.id AS review_id
    FROM reviews v LEFT JOIN review_claims c ON c.review_id = v.id
   ORDER BY v.number, c.position;

DROP VIEW what_was_read_before;
CREATE VIEW what_was_read_before AS
  SELECT f.report_id, r.headline, f.outlet, f.published, f.maker AS read_by, f.replaced_at, r.maker AS now_read_by,
         f.count AS claims,
         CAST((SELECT count(*) FROM claims c WHERE c.report_id = f.report_id) AS INTEGER) AS claims_now
    FROM former_readings f JOIN reports r ON r.id = f.report_id
   ORDER BY f.number;

DROP VIEW who_holds_what;
CREATE VIEW who_holds_what AS
  SELECT p.name AS place, s.part, s.holder, s.status, s.contested, s.besieged_by, s.begins,
         s.start_earliest AS from_earliest, s.start_latest AS from_latest,
         s.end_earliest AS until_earliest, s.end_latest AS until_latest, CAST(s.ended = 0 AS INTEGER) AS still_so,
         CAST(round(s.confidence, 2) AS REAL) AS confidence, s.voices, p.level, p.admin1, p.country,
         p.lat AS latitude, p.lon AS longitude, s.id AS spell_id, s.place_id,
         CASE p.level WHEN 'place' THEN 'POINT(' || p.lon || ' ' || p.lat || ')' END AS geometry
    FROM spells s JOIN places p ON p.id = s.place_id
   WHERE s.layer = 'assessed';

DROP VIEW who_claims_what;
CREATE VIEW who_claims_what AS
  SELECT p.name AS place, s.part, s.claimed_by, s.holder, s.status, s.begins,
         s.start_earliest AS from_earliest, s.start_latest AS from_latest,
         s.end_earliest AS until_earliest, s.end_latest AS until_latest, CAST(s.ended = 0 AS INTEGER) AS still_so,
         CAST(round(s.confidence, 2) AS REAL) AS confidence, s.voices, p.level, p.admin1, p.country,
         p.lat AS latitude, p.lon AS longitude, s.id AS spell_id, s.place_id,
         CASE p.level WHEN 'place' THEN 'POINT(' || p.lon || ' ' || p.lat || ')' END AS geometry
    FROM spells s JOIN places p ON p.id = s.place_id
   WHERE s.layer = 'claimed';

DROP VIEW what_happened;
CREATE VIEW what_happened AS
  SELECT e.first_day, e.last_day, e.date_precision, p.name AS place, e.part, e.kind, e.type, e.actors, e.opponents,
         CAST(json_extract(e.killed, '$[0]') AS INTEGER) AS killed_low,
         CAST(json_extract(e.killed, '$[1]') AS INTEGER) AS killed_best,
         CAST(json_extract(e.killed, '$[2]') AS INTEGER) AS killed_high, e.voices,
         CAST(round(e.confidence, 2) AS REAL) AS confidence, p.level, p.admin1, p.country,
         p.lat AS latitude, p.lon AS longitude, e.id AS event_id, e.place_id,
         CASE p.level WHEN 'place' THEN 'POINT(' || p.lon || ' ' || p.lat || ')' END AS geometry
    FROM events e JOIN places p ON p.id = e.place_id;

DROP VIEW what_is_disputed;
CREATE VIEW what_is_disputed AS
  SELECT p.name AS place, d.part, d.first_day, d.last_day, d.about, s.says, d.open, d.reading,
         CAST((SELECT count(*) FROM dispute_claims c WHERE c.dispute_id = d.id AND c.side = s.side) AS INTEGER)
           AS claims,
         p.lat AS latitude, p.lon AS longitude, d.id AS dispute_id, d.place_id,
         CASE p.level WHEN 'place' THEN 'POINT(' || p.lon || ' ' || p.lat || ')' END AS geometry
    FROM disputes d JOIN dispute_sides s ON s.dispute_id = d.id JOIN places p ON p.id = d.place_id;

DROP VIEW who_says_what;
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

-- The order in which places are told, which the state of a day was sorted by.
CREATE INDEX places_by_name ON places (name, id);
