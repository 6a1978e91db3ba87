DELETE FROM midi_items WHERE midi_seq = 4;
DELETE FROM paths WHERE path_seq IN (3, 7);
INSERT INTO names BY NAME SELECT * FROM (VALUES
    (20, 'midi', 'metadata', 4, 'Jóga'), (21, 'midi', 'metadata', 1, 'Waterloo'), (22, 'audio', 'metadata', NULL, 'Help!')
) AS t(name_seq, side, source, item_seq, title);
