-- Purpose: list the links between copies and versions.
-- Reads:   version_rows
-- Returns: midi_seq, other_seq, kind, similarity, in order of the first two
SELECT midi_seq, other_seq, kind, similarity
FROM version_rows
ORDER BY midi_seq, other_seq;
