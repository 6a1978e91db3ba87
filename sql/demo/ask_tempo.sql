-- Purpose: Which performances are the fastest, beside what their MIDI file says?
-- Reads:   alignments, matches
-- Returns: recording, piece, speed (1 = as in the MIDI file)
SELECT
    parse_filename(audio_path) AS recording,
    parse_filename(midi_path) AS piece,
    (midi_s[-1] - midi_s[1]) / (audio_s[-1] - audio_s[1]) AS speed
FROM alignments
JOIN matches USING (midi_id, audio_id)
WHERE audio_rank = 1
ORDER BY speed DESC, recording
LIMIT 5;
