-- Purpose: remove what some paths said.
-- Writes:  names
-- Params:  $side, $paths (list)
DELETE FROM names
WHERE source = 'path' AND side = $side AND path IN (SELECT unnest($paths::VARCHAR[]));
