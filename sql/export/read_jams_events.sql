-- Purpose: read what some MIDI items say of their beats, keys, words and tracks.
-- Reads:   events_part
-- Params:  $seqs (list of MIDI item numbers)
-- Returns: midi_seq, kind, track, time_s, value (quarter notes a minute), text; by item, kind and time
SELECT midi_seq, kind, track, time_s, value, text
FROM events_part
WHERE list_contains($seqs, midi_seq)  -- pushed into the scan, as a subquery would not be
    AND kind IN ('tempo', 'time_signature', 'key_signature', 'lyric', 'track_name')
ORDER BY midi_seq, kind, time_s, track NULLS FIRST, value, text;
