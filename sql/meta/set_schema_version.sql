-- Purpose: record that the catalog has another schema now.
-- Writes:  meta
-- Params:  $version
UPDATE meta
SET value = $version
WHERE key = 'schema_version';
