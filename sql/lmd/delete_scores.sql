-- Purpose: drop the scores of one run, before they are recorded anew.
-- Writes:  candidate_rows
-- Params:  $run_id
DELETE FROM candidate_rows
WHERE run_id = $run_id AND stage = 'lmd';
