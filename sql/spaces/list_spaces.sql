-- Purpose: list the spaces of vectors of others.
-- Reads:   vector_spaces
-- Returns: name, n_rows, dimension, file, sha256, source, created_at, by name
SELECT name, n_rows, dimension, file, sha256, source, created_at
FROM vector_spaces
ORDER BY name;
