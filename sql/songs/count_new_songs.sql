-- Purpose: count the songs to be added.
-- Reads:   new_songs (temporary)
-- Returns: n_songs
SELECT count(*) AS n_songs FROM new_songs;
