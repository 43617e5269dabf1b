-- The days under which a claim is listed: those of what it says or, where it says none, the publication of its report.
-- Lists by day, with the filters of the application, are answered from one index, without the wide rows of the table.

-- The first day under which a claim is listed.
ALTER TABLE claims ADD COLUMN listed_from TEXT;

-- The last day under which a claim is listed.
ALTER TABLE claims ADD COLUMN listed_to TEXT;

UPDATE claims SET
  listed_from = coalesce(first_day, last_day, (SELECT published FROM reports r WHERE r.id = report_id)),
  listed_to = coalesce(last_day, first_day, (SELECT published FROM reports r WHERE r.id = report_id));

CREATE TRIGGER claims_listed_insert AFTER INSERT ON claims WHEN new.listed_to IS NULL BEGIN
  UPDATE claims SET
    listed_from = coalesce(first_day, last_day, (SELECT published FROM reports r WHERE r.id = report_id)),
    listed_to = coalesce(last_day, first_day, (SELECT published FROM reports r WHERE r.id = report_id))
  WHERE number = new.number;
END;
CREATE TRIGGER claims_listed_update AFTER UPDATE OF first_day, last_day ON claims BEGIN
  UPDATE claims SET
    listed_from = coalesce(first_day, last_day, (SELECT published FROM reports r WHERE r.id = report_id)),
    listed_to = coalesce(last_day, first_day, (SELECT published FROM reports r WHERE r.id = report_id))
  WHERE number = new.number;
END;

CREATE INDEX claims_listed ON claims (
  listed_to DESC, id, listed_from, kind, type, modality, actor, opponent, confidence, place_id, part
);
CREATE INDEX reports_listed ON reports (published DESC, id, outlet, original_outlet);
