-- Purpose: mark a run as finished.
-- Writes:  runs
-- Params:  $run_id
UPDATE runs
SET finished_at = (now() AT TIME ZONE 'UTC')
WHERE run_id = $run_id;
