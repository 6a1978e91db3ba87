-- Purpose: remove a space of vectors from the catalog.
-- Writes:  vector_spaces
-- Params:  $name
-- Returns: file, of what was removed
DELETE FROM vector_spaces
WHERE name = $name
RETURNING file;
