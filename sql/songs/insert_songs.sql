-- Purpose: add new songs, numbered in the order of their first names.
-- Reads:   new_songs (temporary)
-- Writes:  songs
-- Params:  $first (number of the first)
INSERT INTO songs BY NAME
SELECT $first + place AS song_seq, artist_key, artist_run, title_key, title_core
FROM new_songs
ORDER BY place;
