-- The spells in force on a day are found without going through all of them: by the last day that each may reach. One that
-- is still so reaches any day.
CREATE INDEX spells_reaching ON spells (layer, coalesce(end_latest, end_earliest, '9999'), begins);
