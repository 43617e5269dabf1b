-- What `0012_together.sql` does in a file.
ALTER TABLE units ADD COLUMN claims bytea;
DELETE FROM units;
CREATE INDEX said_not_yet ON said (place_id) WHERE packed IS NULL;
