-- Purpose: name the best MIDI file of each recording.
-- Reads:   matches
-- Returns: recording, found (file names), score, cost, transposition, midi_start_s, midi_path, audio_path
SELECT
    parse_filename(audio_path) AS recording,
    parse_filename(midi_path) AS found,
    score,
    cost,
    transposition,
    midi_start_s,
    midi_path,
    audio_path
FROM matches
WHERE audio_rank = 1
ORDER BY recording;
