-- What the other digests come to hangs on DuckDB's version: they are left out with what they are of.
INSERT INTO meta VALUES ('links_digest', '1-2');
DELETE FROM paths;
DELETE FROM midi_items;
DELETE FROM audio_items;
DELETE FROM names;
