-- Purpose: list what has been compared with the same settings.
-- Reads:   coverage
-- Params:  $settings (JSON)
-- Returns: run_id, midi_from, midi_to, audio_from, audio_to
SELECT run_id, midi_from, midi_to, audio_from, audio_to
FROM coverage
WHERE settings = $settings
ORDER BY run_id, midi_from, audio_from;
