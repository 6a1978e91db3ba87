-- Purpose: list the items with frames that lack the hash sequence or the window vectors of a model.
-- Reads:   midi_items, audio_items, constant_q_part, hash_sequences_part, embeddings_part
-- Params:  $side (NULL for both), $feature_version, $model_version
-- Returns: side, item_seq, n_frames, has_hashes, has_windows, in order of side and item_seq
WITH item AS (  -- parts keep the rows of items that were forgotten
    SELECT 'midi' AS side, midi_seq AS item_seq FROM midi_items
    UNION ALL
    SELECT 'audio', audio_seq FROM audio_items
),
hashed AS (
    SELECT DISTINCT side, item_seq FROM hash_sequences_part WHERE version = $model_version
),
windowed AS (
    SELECT DISTINCT side, item_seq FROM embeddings_part WHERE version = $model_version
)
SELECT
    side, item_seq, n_frames, hashed.item_seq IS NOT NULL AS has_hashes, windowed.item_seq IS NOT NULL AS has_windows
FROM item
JOIN constant_q_part USING (side, item_seq)
LEFT JOIN hashed USING (side, item_seq)
LEFT JOIN windowed USING (side, item_seq)
WHERE version = $feature_version
  AND ($side IS NULL OR side = $side)
  AND (hashed.item_seq IS NULL OR windowed.item_seq IS NULL)
ORDER BY side, item_seq;
