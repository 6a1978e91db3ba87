-- Purpose: forget the pairs of another scorer.
-- Reads:   song_pair_coverage
-- Writes:  song_pairs
-- Params:  $scorer (the present one)
DELETE FROM song_pairs WHERE EXISTS (FROM song_pair_coverage WHERE scorer <> $scorer);
