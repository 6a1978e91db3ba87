-- Purpose: add paths, or bring known ones up to date.
-- Reads:   new_paths (registered by the caller)
-- Writes:  paths
INSERT INTO paths (path_seq, kind, path, path_bytes, corpus, item_seq, size, mtime_ns, missing)
SELECT path_seq, kind, path, path_bytes, corpus, item_seq, size, mtime_ns, false
FROM new_paths
ON CONFLICT (path_seq) DO UPDATE SET
    item_seq = excluded.item_seq,
    size = excluded.size,
    mtime_ns = excluded.mtime_ns,
    missing = false;
