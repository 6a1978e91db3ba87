-- Purpose: list the parts as the catalog knows them.
-- Reads:   parts
-- Returns: part_id, kind, file, n_rows, n_bytes, sha256, in order of their making
SELECT part_id, kind, file, n_rows, n_bytes, sha256
FROM parts
ORDER BY part_id;
