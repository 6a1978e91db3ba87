-- Purpose: say where recordings lie.
-- Reads:   audio_items, paths
-- Params:  $seqs (list of item numbers)
-- Returns: audio_seq, audio_id, path_bytes, the first seen first; none that is missing
SELECT audio.audio_seq, audio.audio_id, path.path_bytes
FROM audio_items AS audio
JOIN paths AS path ON path.kind = 'audio' AND path.item_seq = audio.audio_seq
WHERE list_contains($seqs, audio.audio_seq) AND NOT path.missing
ORDER BY audio.audio_seq, path.path_seq;
