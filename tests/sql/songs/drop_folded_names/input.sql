CREATE TEMP TABLE folded_names AS SELECT * FROM (VALUES
    (1, 'abba', 'abba', 'waterloo', 'waterloo'), (5, 'abba', 'abba', 'waterloo', 'waterloo'),
    (4, 'bjork', 'bjork', 'joga', 'joga'), (3, '', '', 'joga', 'joga'), (2, '', '', 'unknown tune', 'unknown tune')
) AS t(name_seq, artist_key, artist_run, title_key, title_core);
CREATE TEMP TABLE new_songs AS SELECT * FROM (VALUES
    (0, 'abba', 'waterloo', 'abba', 'waterloo'), (1, '', 'love me do live', '', 'love me do')
) AS t(place, artist_key, title_key, artist_run, title_core);
