-- Purpose: forget what has been compared so far.
-- Writes:  song_pair_coverage
DELETE FROM song_pair_coverage;
