-- What `0013_piecewise.sql` does in a file.
DROP TABLE units;
CREATE TABLE units (
  place_id text COLLATE "C" NOT NULL REFERENCES places (id) ON DELETE CASCADE,
  name text COLLATE "C" NOT NULL,
  basis bytea,
  packed bytea NOT NULL,
  PRIMARY KEY (place_id, name)
);
DROP INDEX said_not_yet;
CREATE INDEX said_not_yet ON said (place_id, packed) WHERE packed IS NULL;
CREATE INDEX claims_tied ON claims (place_id) WHERE ties IS NOT NULL;
