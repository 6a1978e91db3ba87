-- Purpose: list the parts that the catalog names.
-- Reads:   parts
-- Returns: kind, file, in order of their making
SELECT kind, file
FROM parts
ORDER BY part_id;
