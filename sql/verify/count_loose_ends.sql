-- Purpose: count paths without an item and items without a path.
-- Reads:   paths, midi_items, audio_items
-- Returns: n_paths, n_items
SELECT
    (
        SELECT count(*)
        FROM paths
        WHERE (kind = 'midi' AND item_seq NOT IN (SELECT midi_seq FROM midi_items))
           OR (kind = 'audio' AND item_seq NOT IN (SELECT audio_seq FROM audio_items))
    ) AS n_paths,
    (
        SELECT count(*)
        FROM midi_items
        WHERE midi_seq NOT IN (SELECT item_seq FROM paths WHERE kind = 'midi')
    ) + (
        SELECT count(*)
        FROM audio_items
        WHERE audio_seq NOT IN (SELECT item_seq FROM paths WHERE kind = 'audio')
    ) AS n_items;
