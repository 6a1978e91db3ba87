-- Purpose: keep the digest of what lists and files were when they were joined.
-- Writes:  meta
-- Params:  $digest
INSERT OR REPLACE INTO meta VALUES ('links_digest', $digest);
