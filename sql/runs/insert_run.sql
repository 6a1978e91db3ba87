-- Purpose: begin a run.
-- Writes:  runs
-- Params:  $run_id, $settings (JSON), $confidence_model, $versions (JSON)
INSERT INTO runs VALUES (
    $run_id, (now() AT TIME ZONE 'UTC'), NULL, $settings, $confidence_model, $versions
);
