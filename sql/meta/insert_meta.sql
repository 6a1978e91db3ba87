-- Purpose: record a fact about the database.
-- Writes:  meta
-- Params:  $key, $value
INSERT INTO meta VALUES ($key, $value);
