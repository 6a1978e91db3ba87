-- Purpose: list the files of one side whose items have constant-Q frames of the current version.
-- Reads:   paths, midi_items, audio_items, constant_q_part
-- Params:  $side, $corpus (NULL for all), $feature_version
-- Returns: item_seq, item_id, path, duration_s; by item and order of first sight
WITH items AS (
    SELECT midi_seq AS item_seq, midi_id AS item_id, duration_s FROM midi_items WHERE $side = 'midi'
    UNION ALL
    SELECT audio_seq, audio_id, duration_s FROM audio_items WHERE $side = 'audio'
)
SELECT item_seq, item_id, path, duration_s
FROM items
JOIN paths USING (item_seq)
WHERE kind = $side
    AND ($corpus IS NULL OR corpus = $corpus)
    AND item_seq IN (SELECT item_seq FROM constant_q_part WHERE side = $side AND version = $feature_version)
ORDER BY item_seq, path_seq;
