-- What is written with each report grows with the record as far as it lies scattered: a row of an index over ids or days is
-- on a page of its own. So nothing is kept in an index that is only ever read as a whole, and which claims are new of a
-- place is kept apart, and only of places that were told; what is kept of claims comes in when a place is told, and together.

DROP INDEX claims_listed;
DROP INDEX log_by_report;

DROP TRIGGER said_new;
DROP TRIGGER said_no_more;
DROP TRIGGER said_otherwise;
DROP TRIGGER said_in_new_story;
DROP TRIGGER said_in_other_story;

-- Claims that came, or changed, since the history of their place was worked out, so that they are found without looking at
-- what is known. Of a place without a history nothing is known.
CREATE TABLE unweighed (
  place_id TEXT NOT NULL,                                  -- no reference: triggers keep this table in step
  claim_id TEXT NOT NULL,
  PRIMARY KEY (place_id, claim_id)
) STRICT, WITHOUT ROWID;
INSERT INTO unweighed SELECT place_id, claim_id FROM said WHERE packed IS NULL AND place_id IN
  (SELECT place_id FROM histories);

-- What is kept of how each claim was weighed.
CREATE TABLE said_of_places (
  place_id TEXT NOT NULL,                                  -- no reference: triggers keep this table in step
  claim_id TEXT NOT NULL,                                  -- in the order of which they are read
  packed   BLOB NOT NULL,                                  -- MessagePack
  PRIMARY KEY (place_id, claim_id)
) STRICT, WITHOUT ROWID;
INSERT INTO said_of_places SELECT place_id, claim_id, packed FROM said WHERE packed IS NOT NULL;
DROP TABLE said;
ALTER TABLE said_of_places RENAME TO said;

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

-- What is new is put into the full-text indexes at the end of each transaction, all at once (`record/database.py`); what was
-- not put into them yet is not to be taken out.
DROP TRIGGER report_words_insert;
DROP TRIGGER report_words_delete;
DROP TRIGGER report_words_update;
CREATE TRIGGER report_words_delete AFTER DELETE ON reports
WHEN EXISTS (SELECT 1 FROM report_words_docsize WHERE id = old.number) BEGIN
  INSERT INTO report_words (report_words, rowid, text) VALUES ('delete', old.number, old.text);
END;
CREATE TRIGGER report_words_update AFTER UPDATE OF text ON reports
WHEN EXISTS (SELECT 1 FROM report_words_docsize WHERE id = old.number) BEGIN
  INSERT INTO report_words (report_words, rowid, text) VALUES ('delete', old.number, old.text);
  INSERT INTO report_words (rowid, text) VALUES (new.number, new.text);
END;
DROP TRIGGER quote_words_insert;
DROP TRIGGER quote_words_delete;
DROP TRIGGER quote_words_update;
CREATE TRIGGER quote_words_delete AFTER DELETE ON claims
WHEN EXISTS (SELECT 1 FROM quote_words_docsize WHERE id = old.number) BEGIN
  INSERT INTO quote_words (quote_words, rowid, quote) VALUES ('delete', old.number, old.quote);
END;
CREATE TRIGGER quote_words_update AFTER UPDATE OF quote ON claims
WHEN EXISTS (SELECT 1 FROM quote_words_docsize WHERE id = old.number) BEGIN
  INSERT INTO quote_words (quote_words, rowid, quote) VALUES ('delete', old.number, old.quote);
  INSERT INTO quote_words (rowid, quote) VALUES (new.number, new.quote);
END;
