INSERT INTO names BY NAME SELECT * FROM (VALUES
    (20, 'audio', 'metadata', 1, 'ABBA', 'Waterloo', 'TRX'), (21, 'audio', 'metadata', 3, NULL, NULL, 'TRY')
) AS t(name_seq, side, source, item_seq, artist, title, track_id);
