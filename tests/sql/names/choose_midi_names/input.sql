-- A list outdoes the path, the path outdoes the texts, each for what it knows; one item is left without names.
INSERT INTO names BY NAME SELECT * FROM (VALUES
    (20, 'midi', 'metadata', 1, NULL, 'Waterloo (live)'), (21, 'audio', 'metadata', 1, 'Wrong', 'Side')
) AS t(name_seq, side, source, item_seq, artist, title);
DELETE FROM names WHERE name_seq = 2;
UPDATE midi_items SET artist = 'Old', title = 'Old';
