-- Purpose: list the MIDI items that have not been compared with the others.
-- Reads:   midi_items, version_coverage, paths
-- Params:  $corpus (NULL for all)
-- Returns: midi_seq, ascending
SELECT midi_seq
FROM midi_items
WHERE midi_seq NOT IN (SELECT midi_seq FROM version_coverage)
  AND ($corpus IS NULL OR midi_seq IN (SELECT item_seq FROM paths WHERE kind = 'midi' AND corpus = $corpus))
ORDER BY midi_seq;
