-- All that is said of the place, in columns (MessagePack), so that one more report need not go through every claim.
ALTER TABLE units ADD COLUMN claims BLOB;
DELETE FROM units;

-- Claims of which nothing is kept yet are found without looking at the others.
CREATE INDEX said_not_yet ON said (place_id) WHERE packed IS NULL;
