-- What `0014_reaching.sql` does in a file.
CREATE INDEX spells_reaching ON spells (layer, (coalesce(end_latest, end_earliest, '9999')), begins);
