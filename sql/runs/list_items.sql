-- Purpose: list the items of one side that have features of the current versions.
-- Reads:   midi_items, audio_items, paths, constant_q_part, hash_sequences_part, embeddings_part
-- Params:  $side, $corpus (NULL for all), $feature_version, $hasher_version, $embedder_version
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
  AND item_seq IN (SELECT item_seq FROM hash_sequences_part WHERE side = $side AND version = $hasher_version)
  AND item_seq IN (SELECT item_seq FROM embeddings_part WHERE side = $side AND version = $embedder_version)
ORDER BY item_seq;
