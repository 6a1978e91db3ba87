-- Purpose: read the tempi of some MIDI items.
-- Reads:   events_part
-- Params:  $seqs (list of item numbers)
-- Returns: midi_seq, time_s, beats_per_minute; by item and time
SELECT midi_seq, time_s, value AS beats_per_minute
FROM events_part
WHERE kind = 'tempo'
    AND value > 0
    AND list_contains($seqs, midi_seq)  -- pushed into the scan, as a subquery would not be
ORDER BY midi_seq, time_s, value;
