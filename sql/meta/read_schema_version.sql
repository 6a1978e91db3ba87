-- Purpose: tell which schema a catalog was written with.
-- Reads:   meta
-- Returns: schema_version
SELECT value::INTEGER AS schema_version
FROM meta
WHERE key = 'schema_version';
