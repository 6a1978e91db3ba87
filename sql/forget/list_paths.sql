-- Purpose: list the paths that are, or lie under, one of the targets, or all that have vanished.
-- Reads:   paths, midi_items, audio_items
-- Params:  $targets (list of escaped absolute paths without a trailing slash), $missing
-- Returns: path_seq, kind, path, id (of the item), in order of first sight
WITH target AS (
    SELECT unnest($targets::VARCHAR[]) AS name
)
SELECT known.path_seq, known.kind, known.path, coalesce(midi.midi_id, audio.audio_id) AS id
FROM paths AS known
LEFT JOIN midi_items AS midi ON known.kind = 'midi' AND midi.midi_seq = known.item_seq
LEFT JOIN audio_items AS audio ON known.kind = 'audio' AND audio.audio_seq = known.item_seq
WHERE ($missing AND known.missing)
   OR EXISTS (
    SELECT 1
    FROM target
    WHERE path = name OR starts_with(path, name || '/') OR starts_with(path, name || '!/')
)
ORDER BY known.path_seq;
