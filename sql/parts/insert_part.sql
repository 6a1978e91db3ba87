-- Purpose: name a finished part in the catalog.
-- Writes:  parts
-- Params:  $part_id, $kind, $file, $n_rows, $n_bytes, $sha256
INSERT INTO parts VALUES (
    $part_id, $kind, $file, $n_rows, $n_bytes, $sha256, (now() AT TIME ZONE 'UTC')
);
