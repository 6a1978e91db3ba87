-- Purpose: read the vectors of the windows of one space, from one to another.
-- Reads:   note_windows_part
-- Params:  $space (notes, times, drums or tracks), $version, $first, $last (window_id, as list_windows numbers them)
-- Returns: window_id, vector, in order of window_id
SELECT 1024 * midi_seq + "window" AS window_id, vector
FROM note_windows_part
WHERE space = $space AND version = $version
  AND midi_seq BETWEEN $first // 1024 AND $last // 1024
  AND 1024 * midi_seq + "window" BETWEEN $first AND $last
ORDER BY window_id;
