-- Purpose: name a finished file of vectors in the catalog.
-- Writes:  vector_spaces
-- Params:  $name, $file, $n_rows, $dimension, $sha256, $source
INSERT INTO vector_spaces BY NAME
SELECT
    $name AS name, $file AS file, $n_rows AS n_rows, $dimension AS dimension, $sha256 AS sha256,
    $source AS source, (now() AT TIME ZONE 'UTC') AS created_at;
