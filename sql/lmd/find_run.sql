-- Purpose: find the run under which some scores have been recorded.
-- Reads:   runs
-- Params:  $settings (JSON)
-- Returns: run_id, one row or none
SELECT min(run_id) AS run_id
FROM runs
WHERE settings = $settings
HAVING count(*) > 0;
