-- Purpose: drop what one run has covered, before it is written anew with fewer and larger ranges.
-- Writes:  coverage
-- Params:  $run_id
DELETE FROM coverage
WHERE run_id = $run_id;
