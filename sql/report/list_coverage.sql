-- Purpose: list what has been compared, by one run or by all.
-- Reads:   coverage
-- Params:  $run_id (NULL for all runs)
-- Returns: midi_from, midi_to, audio_from, audio_to
SELECT midi_from, midi_to, audio_from, audio_to
FROM coverage
WHERE $run_id IS NULL OR run_id = $run_id
ORDER BY run_id, midi_from, audio_from;
