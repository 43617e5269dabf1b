-- What was done to the text of a report before it was read, in words: a list.

ALTER TABLE reports ADD COLUMN notes TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(notes));
