-- Purpose: list the windows of one space of all MIDI items, without their vectors.
-- Reads:   note_windows_part, midi_items
-- Params:  $space (notes, times, drums or tracks), $version
-- Returns: window_id (1024 times midi_seq and the number within the item), item_seq (of tracks, four times
--          midi_seq and the number of the track from 0), in order of window_id
SELECT
    1024 * midi_seq + "window" AS window_id,
    CASE WHEN space = 'tracks' THEN 4 * midi_seq + "window" // 256 ELSE midi_seq END AS item_seq
FROM note_windows_part
WHERE space = $space AND version = $version
  AND midi_seq IN (SELECT midi_seq FROM midi_items)
ORDER BY window_id;
