-- What is kept of how histories were made (`record/kept.py`), so that only what one more report changes is worked out and
-- written. Indexes: all of it follows from the claims.

-- From what each unit of the history of a place was made, and a digest of what came of it. Without a row the history is
-- worked out from the ground up, and compared with all that is stored of it.
CREATE TABLE units (
  place_id TEXT NOT NULL PRIMARY KEY REFERENCES places (id) ON DELETE CASCADE,
  packed   BLOB NOT NULL                                   -- MessagePack, by name of the unit
) STRICT, WITHOUT ROWID;

-- Each claim of a place as it was weighed; NULL: it is new, or its report has come to another story.
CREATE TABLE said (
  place_id TEXT NOT NULL,                                  -- no reference: triggers keep this table in step
  claim_id TEXT NOT NULL,                                  -- in the order of which they are read
  packed   BLOB,                                           -- MessagePack
  PRIMARY KEY (place_id, claim_id)
) STRICT, WITHOUT ROWID;
INSERT INTO said SELECT place_id, id, NULL FROM claims WHERE place_id IS NOT NULL ORDER BY place_id, id;

CREATE TRIGGER said_new AFTER INSERT ON claims WHEN new.place_id IS NOT NULL BEGIN
  INSERT INTO said VALUES (new.place_id, new.id, NULL);
END;
CREATE TRIGGER said_no_more AFTER DELETE ON claims WHEN old.place_id IS NOT NULL BEGIN
  DELETE FROM said WHERE place_id = old.place_id AND claim_id = old.id;
  DELETE FROM units WHERE place_id = old.place_id;
END;
CREATE TRIGGER said_otherwise AFTER UPDATE OF
  id, report_id, kind, type, actor, actor_id, actor_text, opponent, opponent_id, opponent_text, place_id, place, place_text,
  part, near, within, lat, lon, admin1, country, geo_precision, candidates, first_day, last_day, date_precision, date_basis,
  modality, sources, verification, count, of, quote, quote_start, quote_end, also, rule, confidence, review, credibility, ties
ON claims BEGIN
  DELETE FROM said WHERE place_id = old.place_id AND claim_id = old.id;
  INSERT INTO said SELECT new.place_id, new.id, NULL WHERE new.place_id IS NOT NULL;
  DELETE FROM units WHERE place_id IN (old.place_id, new.place_id);
END;
CREATE TRIGGER said_in_new_story AFTER INSERT ON stories BEGIN
  UPDATE said SET packed = NULL WHERE packed IS NOT NULL AND (place_id, claim_id) IN
    (SELECT place_id, id FROM claims WHERE report_id = new.report_id AND place_id IS NOT NULL);
END;
CREATE TRIGGER said_in_other_story AFTER UPDATE ON stories BEGIN
  UPDATE said SET packed = NULL WHERE packed IS NOT NULL AND (place_id, claim_id) IN
    (SELECT place_id, id FROM claims WHERE report_id = new.report_id AND place_id IS NOT NULL);
END;
