CREATE TABLE new_paths AS SELECT * FROM (VALUES
    (4, 'midi', '/music/pop/copy.mid', 'pop', 2, 99, 300),
    (8, 'midi', '/music/new.mid', 'music', 4, 12, 100)
) AS t(path_seq, kind, path, corpus, item_seq, size, mtime_ns);
ALTER TABLE new_paths ADD COLUMN path_bytes BLOB DEFAULT 'x'::BLOB;
