-- The order of the claims of an event, spell or side of a dispute follows from what they are: by id, those of a spell
-- by how far they pull. Kept as a position, one more claim would have moved all that stand after it.

-- The claims of an event.
CREATE TABLE claims_of_events (
  event_id TEXT NOT NULL REFERENCES events (id) ON DELETE CASCADE,
  claim_id TEXT NOT NULL REFERENCES claims (id) ON DELETE CASCADE,
  PRIMARY KEY (event_id, claim_id)
) STRICT, WITHOUT ROWID;
INSERT INTO claims_of_events SELECT event_id, claim_id FROM event_claims;
DROP TABLE event_claims;
ALTER TABLE claims_of_events RENAME TO event_claims;
CREATE INDEX event_claims_by_claim ON event_claims (claim_id);

-- The claims for and against a spell.
CREATE TABLE claims_of_spells (
  spell_id TEXT NOT NULL REFERENCES spells (id) ON DELETE CASCADE,
  claim_id TEXT NOT NULL REFERENCES claims (id) ON DELETE CASCADE,
  pull     REAL NOT NULL,                                   -- log-odds; above 0 speaks for the spell
  PRIMARY KEY (spell_id, claim_id)
) STRICT, WITHOUT ROWID;
INSERT INTO claims_of_spells SELECT spell_id, claim_id, pull FROM spell_claims;
DROP TABLE spell_claims;
ALTER TABLE claims_of_spells RENAME TO spell_claims;
CREATE INDEX spell_claims_by_claim ON spell_claims (claim_id);

DROP VIEW what_is_disputed;
-- The claims on each side of a dispute.
CREATE TABLE claims_of_disputes (
  dispute_id TEXT NOT NULL REFERENCES disputes (id) ON DELETE CASCADE,
  side       INTEGER NOT NULL,
  claim_id   TEXT NOT NULL REFERENCES claims (id) ON DELETE CASCADE,
  PRIMARY KEY (dispute_id, side, claim_id)
) STRICT, WITHOUT ROWID;
INSERT INTO claims_of_disputes SELECT dispute_id, side, claim_id FROM dispute_claims;
DROP TABLE dispute_claims;
ALTER TABLE claims_of_disputes RENAME TO dispute_claims;
CREATE INDEX dispute_claims_by_claim ON dispute_claims (claim_id);

CREATE VIEW what_is_disputed AS
  SELECT p.name AS place, d.part, d.first_day, d.last_day, d.about, s.says, d.open, d.reading,
         (SELECT count(*) FROM dispute_claims c WHERE c.dispute_id = d.id AND c.side = s.side) AS claims,
         p.lat AS latitude, p.lon AS longitude, d.id AS dispute_id, d.place_id
    FROM disputes d JOIN dispute_sides s ON s.dispute_id = d.id JOIN places p ON p.id = d.place_id
   ORDER BY p.name, d.first_day, d.id, s.side;
