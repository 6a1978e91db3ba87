-- Purpose: count the candidates.
-- Reads:   song_candidates (temporary)
-- Returns: n_candidates
SELECT count(*) AS n_candidates FROM song_candidates;
