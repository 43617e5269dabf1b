-- What is written with each history is less: of a claim only what came of it beside the others, and no index that was only
-- there for claims that go. What was kept in another form goes, and every history is worked out from the ground up next time.

DELETE FROM units;
DROP TABLE said;
-- What came of each claim that was weighed: whether it counts, its copies, and for what it counts less.
CREATE TABLE said (
  place_id TEXT NOT NULL,                                  -- no reference: triggers keep this table in step
  claim_id TEXT NOT NULL,                                  -- in the order of which they are read
  packed   BLOB NOT NULL,                                  -- MessagePack
  PRIMARY KEY (place_id, claim_id)
) STRICT, WITHOUT ROWID;

-- The claims of an event.
CREATE TABLE claims_of_events (
  event_id TEXT NOT NULL REFERENCES events (id) ON DELETE CASCADE,
  claim_id TEXT NOT NULL,                                  -- of `claims`; no reference: triggers keep this table in step
  PRIMARY KEY (event_id, claim_id)
) STRICT, WITHOUT ROWID;
INSERT INTO claims_of_events SELECT event_id, claim_id FROM event_claims;
DROP TABLE event_claims;
ALTER TABLE claims_of_events RENAME TO event_claims;

-- The claims for and against a spell.
CREATE TABLE claims_of_spells (
  spell_id TEXT NOT NULL REFERENCES spells (id) ON DELETE CASCADE,
  claim_id TEXT NOT NULL,                                  -- of `claims`; no reference: triggers keep this table in step
  pull     REAL NOT NULL,                                  -- log-odds; above 0 speaks for the spell
  PRIMARY KEY (spell_id, claim_id)
) STRICT, WITHOUT ROWID;
INSERT INTO claims_of_spells SELECT spell_id, claim_id, pull FROM spell_claims;
DROP TABLE spell_claims;
ALTER TABLE claims_of_spells RENAME TO spell_claims;

DROP VIEW what_is_disputed;
-- The claims on each side of a dispute.
CREATE TABLE claims_of_disputes (
  dispute_id TEXT NOT NULL REFERENCES disputes (id) ON DELETE CASCADE,
  side       INTEGER NOT NULL,
  claim_id   TEXT NOT NULL,                                -- of `claims`; no reference: triggers keep this table in step
  PRIMARY KEY (dispute_id, side, claim_id)
) STRICT, WITHOUT ROWID;
INSERT INTO claims_of_disputes SELECT dispute_id, side, claim_id FROM dispute_claims;
DROP TABLE dispute_claims;
ALTER TABLE claims_of_disputes RENAME TO dispute_claims;
CREATE VIEW what_is_disputed AS
  SELECT p.name AS place, d.part, d.first_day, d.last_day, d.about, s.says, d.open, d.reading,
         CAST((SELECT count(*) FROM dispute_claims c WHERE c.dispute_id = d.id AND c.side = s.side) AS INTEGER)
           AS claims,
         p.lat AS latitude, p.lon AS longitude, d.id AS dispute_id, d.place_id,
         CASE p.level WHEN 'place' THEN 'POINT(' || p.lon || ' ' || p.lat || ')' END AS geometry
    FROM disputes d JOIN dispute_sides s ON s.dispute_id = d.id JOIN places p ON p.id = d.place_id;

-- What each claim is behind, of places of which one went, or came to another place, since they were told: so that it is then
-- behind nothing that was made there, as if these tables referred to it. Of all places, an index by claim would be as large
-- as the tables themselves, and each of its rows on a page of its own.
CREATE TABLE behind (
  place_id TEXT NOT NULL,                                  -- no reference: triggers make this table, and empty it
  claim_id TEXT NOT NULL,
  what     TEXT NOT NULL CHECK (what IN ('event', 'spell', 'dispute')),
  id       TEXT NOT NULL,                                  -- of the event, spell or dispute
  PRIMARY KEY (place_id, claim_id, what, id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER behind_no_more AFTER DELETE ON claims WHEN old.place_id IS NOT NULL BEGIN
  INSERT INTO behind
    SELECT place_id, claim_id, 'event', event_id FROM events JOIN event_claims ON event_id = id
     WHERE place_id = old.place_id AND NOT EXISTS (SELECT 1 FROM behind WHERE place_id = old.place_id)
    UNION ALL
    SELECT place_id, claim_id, 'spell', spell_id FROM spells JOIN spell_claims ON spell_id = id
     WHERE place_id = old.place_id AND NOT EXISTS (SELECT 1 FROM behind WHERE place_id = old.place_id)
    UNION
    SELECT place_id, claim_id, 'dispute', dispute_id FROM disputes JOIN dispute_claims ON dispute_id = id
     WHERE place_id = old.place_id AND NOT EXISTS (SELECT 1 FROM behind WHERE place_id = old.place_id);
  DELETE FROM event_claims WHERE claim_id = old.id AND event_id IN
    (SELECT id FROM behind WHERE place_id = old.place_id AND claim_id = old.id AND what = 'event');
  DELETE FROM spell_claims WHERE claim_id = old.id AND spell_id IN
    (SELECT id FROM behind WHERE place_id = old.place_id AND claim_id = old.id AND what = 'spell');
  DELETE FROM dispute_claims WHERE claim_id = old.id AND dispute_id IN
    (SELECT id FROM behind WHERE place_id = old.place_id AND claim_id = old.id AND what = 'dispute');
END;
CREATE TRIGGER behind_elsewhere AFTER UPDATE OF place_id ON claims
WHEN old.place_id IS NOT NULL AND old.place_id IS NOT new.place_id BEGIN
  INSERT INTO behind
    SELECT place_id, claim_id, 'event', event_id FROM events JOIN event_claims ON event_id = id
     WHERE place_id = old.place_id AND NOT EXISTS (SELECT 1 FROM behind WHERE place_id = old.place_id)
    UNION ALL
    SELECT place_id, claim_id, 'spell', spell_id FROM spells JOIN spell_claims ON spell_id = id
     WHERE place_id = old.place_id AND NOT EXISTS (SELECT 1 FROM behind WHERE place_id = old.place_id)
    UNION
    SELECT place_id, claim_id, 'dispute', dispute_id FROM disputes JOIN dispute_claims ON dispute_id = id
     WHERE place_id = old.place_id AND NOT EXISTS (SELECT 1 FROM behind WHERE place_id = old.place_id);
  DELETE FROM event_claims WHERE claim_id = old.id AND event_id IN
    (SELECT id FROM behind WHERE place_id = old.place_id AND claim_id = old.id AND what = 'event');
  DELETE FROM spell_claims WHERE claim_id = old.id AND spell_id IN
    (SELECT id FROM behind WHERE place_id = old.place_id AND claim_id = old.id AND what = 'spell');
  DELETE FROM dispute_claims WHERE claim_id = old.id AND dispute_id IN
    (SELECT id FROM behind WHERE place_id = old.place_id AND claim_id = old.id AND what = 'dispute');
END;
CREATE TRIGGER behind_told AFTER DELETE ON pending BEGIN
  DELETE FROM behind WHERE place_id = old.place_id;
END;

-- By place alone: those that come last of a place lie together, whatever day they speak of, and are read as they were written.
DROP INDEX claims_by_place;
CREATE INDEX claims_by_place ON claims (place_id);
-- With what it says, so that it is preferred to the other.
DROP INDEX claims_tied;
CREATE INDEX claims_tied ON claims (place_id, ties) WHERE ties IS NOT NULL;
