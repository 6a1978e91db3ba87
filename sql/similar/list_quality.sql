-- Purpose: tell how well a linked MIDI item may stand for its copies: undamaged, then the most notes.
-- Reads:   midi_items, version_rows
-- Returns: midi_seq, is_sound (1 or 0), n_notes
SELECT midi_seq, CASE WHEN damage IS NULL THEN 1 ELSE 0 END AS is_sound, n_notes
FROM midi_items
WHERE midi_seq IN (SELECT midi_seq FROM version_rows UNION ALL SELECT other_seq FROM version_rows)
ORDER BY midi_seq;
