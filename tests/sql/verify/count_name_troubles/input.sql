-- Of a file that is gone, of a path that is gone; an item called otherwise, one that could be called something.
INSERT INTO names BY NAME SELECT * FROM (VALUES
    (11, 'midi', 'texts', 99, NULL, 'gone', NULL), (12, 'audio', 'path', 2, NULL, 'Nocturne', '/records/gone.wav'),
    (13, 'midi', 'metadata', NULL, 'not', 'here', 'x.mid'), (14, 'midi', 'metadata', NULL, 'no title', ' ', 'y.mid')
) AS t(name_seq, side, source, item_seq, artist, title, path);
UPDATE midi_items SET title = 'Otherwise' WHERE midi_seq = 1;
UPDATE midi_items SET artist = NULL WHERE midi_seq = 4;
UPDATE midi_items SET title = 'unknown tune' WHERE midi_seq = 2;
UPDATE audio_items SET title = 'noname' WHERE audio_seq = 3;
-- All have a song but two; nothing can be one.
UPDATE names SET song_seq = 1 WHERE name_seq NOT IN (12, 13, 14);
