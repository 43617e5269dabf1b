-- What `0015_browsed.sql` does in a file. What it does for other programs is not needed: on a server views have types.
CREATE INDEX places_by_name ON places (name, id);
