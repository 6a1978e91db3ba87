CREATE TEMP TABLE new_songs AS SELECT * FROM (VALUES
    (0, 'abba', 'waterloo', 'abba', 'waterloo'), (1, '', 'love me do live', '', 'love me do')
) AS t(place, artist_key, title_key, artist_run, title_core);
