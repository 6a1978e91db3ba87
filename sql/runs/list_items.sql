-- Purpose: list the items of one side that have frames of the current version.
-- Reads:   midi_items, audio_items, paths, constant_q_part
-- Params:  $side, $corpus (NULL for all), $feature_version
-- Returns: item_seq, ascending
WITH known AS (
    SELECT midi_seq AS item_seq FROM midi_items WHERE $side = 'midi'
    UNION ALL
    SELECT audio_seq FROM audio_items WHERE $side = 'audio'
)
SELECT item_seq
FROM known
WHERE ($corpus IS NULL OR item_seq IN (SELECT item_seq FROM paths WHERE kind = $side AND corpus = $corpus))
  AND item_seq IN (SELECT item_seq FROM constant_q_part WHERE side = $side AND version = $feature_version)
ORDER BY item_seq;
