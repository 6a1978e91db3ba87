-- Purpose: record what a run has compared.
-- Reads:   new_rows (registered by the caller)
-- Writes:  coverage
INSERT INTO coverage BY NAME
SELECT run_id, settings, midi_from, midi_to, audio_from, audio_to
FROM new_rows;
