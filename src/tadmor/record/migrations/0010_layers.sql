-- The views with plain names as map layers: with a point for GDAL and QGIS where a place is known, and in no order of
-- their own, so that a program which shows the first rows of one need not wait for all of them to be sorted.

-- Who held which place, or part of one, from when until when, as all claims together have it.
DROP VIEW who_holds_what;
CREATE VIEW who_holds_what AS
  SELECT p.name AS place, s.part, s.holder, s.status, s.contested, s.besieged_by, s.begins,
         s.start_earliest AS from_earliest, s.start_latest AS from_latest,
         s.end_earliest AS until_earliest, s.end_latest AS until_latest, s.ended = 0 AS still_so,
         round(s.confidence, 2) AS confidence, s.voices, p.level, p.admin1, p.country,
         p.lat AS latitude, p.lon AS longitude, s.id AS spell_id, s.place_id,
         CASE p.level WHEN 'place' THEN 'POINT(' || p.lon || ' ' || p.lat || ')' END AS geometry
    FROM spells s JOIN places p ON p.id = s.place_id
   WHERE s.layer = 'assessed';

-- Who holds which place, or part of one, as far as claims reach.
CREATE VIEW who_holds_what_now AS
  SELECT place, part, holder, status, contested, besieged_by, begins, from_earliest, from_latest, confidence, voices,
         level, admin1, country, latitude, longitude, spell_id, place_id, geometry
    FROM who_holds_what
   WHERE still_so;

-- Who says that he or others held which place, from when until when: one row for each who claims it.
DROP VIEW who_claims_what;
CREATE VIEW who_claims_what AS
  SELECT p.name AS place, s.part, s.claimed_by, s.holder, s.status, s.begins,
         s.start_earliest AS from_earliest, s.start_latest AS from_latest,
         s.end_earliest AS until_earliest, s.end_latest AS until_latest, s.ended = 0 AS still_so,
         round(s.confidence, 2) AS confidence, s.voices, p.level, p.admin1, p.country,
         p.lat AS latitude, p.lon AS longitude, s.id AS spell_id, s.place_id,
         CASE p.level WHEN 'place' THEN 'POINT(' || p.lon || ' ' || p.lat || ')' END AS geometry
    FROM spells s JOIN places p ON p.id = s.place_id
   WHERE s.layer = 'claimed';

-- Events: claims of different reports about one happening are one row.
DROP VIEW what_happened;
CREATE VIEW what_happened AS
  SELECT e.first_day, e.last_day, e.date_precision, p.name AS place, e.part, e.kind, e.type, e.actors, e.opponents,
         json_extract(e.killed, '$[0]') AS killed_low, json_extract(e.killed, '$[1]') AS killed_best,
         json_extract(e.killed, '$[2]') AS killed_high, e.voices, round(e.confidence, 2) AS confidence,
         p.level, p.admin1, p.country, p.lat AS latitude, p.lon AS longitude, e.id AS event_id, e.place_id,
         CASE p.level WHEN 'place' THEN 'POINT(' || p.lon || ' ' || p.lat || ')' END AS geometry
    FROM events e JOIN places p ON p.id = e.place_id;

-- Claims that cannot both be true: one row for each side.
DROP VIEW what_is_disputed;
CREATE VIEW what_is_disputed AS
  SELECT p.name AS place, d.part, d.first_day, d.last_day, d.about, s.says, d.open, d.reading,
         (SELECT count(*) FROM dispute_claims c WHERE c.dispute_id = d.id AND c.side = s.side) AS claims,
         p.lat AS latitude, p.lon AS longitude, d.id AS dispute_id, d.place_id,
         CASE p.level WHEN 'place' THEN 'POINT(' || p.lon || ' ' || p.lat || ')' END AS geometry
    FROM disputes d JOIN dispute_sides s ON s.dispute_id = d.id JOIN places p ON p.id = d.place_id;

-- Claims with their words and the report that they stand in.
DROP VIEW who_says_what;
CREATE VIEW who_says_what AS
  SELECT c.kind, c.type, c.actor, c.opponent, c.place, c.part, c.near, c.first_day, c.last_day, c.date_precision,
         c.modality, c.sources, c.verification, c.count, c.of, c.quote, r.outlet, r.original_outlet, r.headline,
         r.published, c.geo_precision, c.country, c.lat AS latitude, c.lon AS longitude, c.rule,
         round(c.confidence, 2) AS confidence, c.review, c.credibility, o.columns AS as_read, t.story_id, c.report_id,
         r.sha256, c.id AS claim_id, c.place_id,
         CASE WHEN c.geo_precision IN ('exact', 'near', 'part') THEN 'POINT(' || c.lon || ' ' || c.lat || ')' END
           AS geometry
    FROM claims c JOIN reports r ON r.id = c.report_id LEFT JOIN stories t ON t.report_id = c.report_id
    LEFT JOIN claims_as_read o ON o.claim_id = c.id;

-- For GDAL and QGIS: which views are layers of points.
CREATE VIEW geometry_columns AS
  SELECT column1 AS f_table_name, 'geometry' AS f_geometry_column, 1 AS geometry_type, 2 AS coord_dimension,
         4326 AS srid, 'WKT' AS geometry_format
    FROM (VALUES ('who_holds_what'), ('who_holds_what_now'), ('who_claims_what'), ('what_happened'),
                 ('what_is_disputed'), ('who_says_what'));

-- For GDAL and QGIS: in which coordinates the points are.
CREATE VIEW spatial_ref_sys AS
  SELECT 4326 AS srid, 'EPSG' AS auth_name, 4326 AS auth_srid,
         'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],'
         || 'UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4326"]]' AS srtext;
