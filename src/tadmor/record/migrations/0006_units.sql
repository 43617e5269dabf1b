-- From what each unit of a history was made and what came of it (`record/kept.py`), so that only what has changed is made
-- and written again. An index: where a place has no row here, all that is stored of its history is compared.

CREATE TABLE units (
  place_id TEXT NOT NULL PRIMARY KEY REFERENCES places (id) ON DELETE CASCADE,
  packed   BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- With a claim goes what was stored of it in events, spells and disputes, so that these have to be compared.
CREATE TRIGGER units_outdated AFTER DELETE ON claims BEGIN
  DELETE FROM units WHERE place_id = old.place_id;
END;
