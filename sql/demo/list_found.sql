-- Purpose: name the best MIDI file of each recording, where one was accepted.
-- Reads:   audio, matches, alignments
-- Returns: recording, found (file names), score, cost, transposition, midi_start_s, midi_path, audio_path; NULL where none was
WITH best AS (
    SELECT *
    FROM matches
    SEMI JOIN alignments USING (midi_id, audio_id)
    WHERE audio_rank = 1
)
SELECT
    parse_filename(audio.path) AS recording,
    parse_filename(midi_path) AS found,
    score,
    cost,
    transposition,
    midi_start_s,
    midi_path,
    audio.path AS audio_path
FROM audio
LEFT JOIN best USING (audio_id)
ORDER BY recording;
