-- Purpose: list all MIDI items with the places where their bytes may be had.
-- Reads:   midi_items, paths
-- Returns: midi_id, size (bytes), paths (list, in order), places (list of paths as the file system spells them,
--          those that were there last time first); in the order of the first place
SELECT
    item.midi_id, min(path.size) AS size, list(path.path ORDER BY path.path) AS paths,
    list(path.path_bytes ORDER BY path.missing, path.path_seq) AS places
FROM midi_items AS item
JOIN paths AS path ON path.kind = 'midi' AND path.item_seq = item.midi_seq
GROUP BY item.midi_seq, item.midi_id
ORDER BY arg_min(path.path, (path.missing, path.path_seq)), item.midi_seq;
