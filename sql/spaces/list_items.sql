-- Purpose: list the MIDI items that have windows in one space of ours.
-- Reads:   note_windows_part, midi
-- Params:  $space (notes, times or drums), $version
-- Returns: midi_seq, path (the item's id where no path leads to it), n_windows, in order of midi_seq
WITH counted AS (
    SELECT midi_seq, count(*) AS n_windows
    FROM note_windows_part
    WHERE space = $space AND version = $version
    GROUP BY midi_seq
)
SELECT midi.midi_seq, coalesce(midi.path, midi.midi_id) AS path, counted.n_windows
FROM counted
JOIN midi USING (midi_seq)
ORDER BY midi.midi_seq;
