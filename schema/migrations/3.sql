-- From schema 2: alignments say whether they are refined to the beginnings of notes.

ALTER TABLE alignment_rows ADD COLUMN refined BOOLEAN DEFAULT false;
ALTER TABLE alignment_rows ALTER COLUMN refined SET NOT NULL;
ALTER TABLE alignment_rows ALTER COLUMN refined DROP DEFAULT;
