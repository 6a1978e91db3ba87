-- Purpose: count the songs of the two sides that are the same by their names.
-- Reads:   song_pairs
-- Returns: n_pairs
SELECT count(*) AS n_pairs FROM song_pairs;
