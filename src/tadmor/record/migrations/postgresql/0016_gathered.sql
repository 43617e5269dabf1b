-- What `0016_gathered.sql` does in a file.
DROP INDEX claims_listed;
DROP INDEX log_by_report;
DROP INDEX said_not_yet;

CREATE TABLE unweighed (
  place_id text COLLATE "C" NOT NULL,
  claim_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (place_id, claim_id)
);
INSERT INTO unweighed SELECT place_id, claim_id FROM said WHERE packed IS NULL AND place_id IN
  (SELECT place_id FROM histories);
DELETE FROM said WHERE packed IS NULL;
ALTER TABLE said ALTER COLUMN packed SET NOT NULL;

CREATE OR REPLACE FUNCTION said_in_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND old.place_id IS NOT NULL THEN
    DELETE FROM unweighed WHERE place_id = old.place_id AND claim_id = old.id;
    DELETE FROM said WHERE place_id = old.place_id AND claim_id = old.id;
    DELETE FROM units WHERE place_id = old.place_id;
  END IF;
  IF TG_OP <> 'DELETE' AND new.place_id IS NOT NULL THEN
    INSERT INTO unweighed SELECT place_id, new.id FROM histories WHERE place_id = new.place_id;
    IF TG_OP = 'UPDATE' THEN
      DELETE FROM units WHERE place_id = new.place_id;
    END IF;
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION said_in_story() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO unweighed SELECT s.place_id, s.claim_id FROM claims c JOIN said s
    ON s.place_id = c.place_id AND s.claim_id = c.id WHERE c.report_id = new.report_id;
  DELETE FROM said WHERE (place_id, claim_id) IN
    (SELECT place_id, id FROM claims WHERE report_id = new.report_id AND place_id IS NOT NULL);
  RETURN NULL;
END $$;
