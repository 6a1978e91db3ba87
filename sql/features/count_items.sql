-- Purpose: count the items that have frames.
-- Reads:   midi_items, audio_items, constant_q_part
-- Params:  $feature_version
-- Returns: n_items
SELECT count(*) AS n_items
FROM constant_q_part
WHERE version = $feature_version
  AND (
    (side = 'midi' AND item_seq IN (SELECT midi_seq FROM midi_items))
    OR (side = 'audio' AND item_seq IN (SELECT audio_seq FROM audio_items))
  );
