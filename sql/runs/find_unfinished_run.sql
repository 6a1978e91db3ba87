-- Purpose: find the latest run, if it was cut off and had the same settings.
-- Reads:   runs
-- Params:  $settings (JSON)
-- Returns: run_id, one row or none
SELECT run_id
FROM runs
WHERE finished_at IS NULL AND settings = $settings AND run_id = (SELECT max(run_id) FROM runs);
