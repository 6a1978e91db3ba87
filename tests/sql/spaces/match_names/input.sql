INSERT INTO paths BY NAME SELECT *, path::BLOB AS path_bytes FROM (VALUES
    (8, 'midi', '/music/more/copy.mid', 'more', 2, 13, 100, false),
    (9, 'midi', '/music/more/bb44.mid', 'more', 2, 13, 100, false),
    (10, 'midi', '/music/more/waterloo.KAR', 'more', 1, 13, 100, false)
) AS t(path_seq, kind, path, corpus, item_seq, size, mtime_ns, missing);

CREATE TABLE wanted AS SELECT * FROM (VALUES
    (1, '/music/pop/copy.mid', 'copy'),     -- the path of one, though another is called so, too
    (2, '/theirs/bb44.mid', 'bb44'),        -- an MD5, though a file is called so, too
    (3, '/theirs/AA11.mid', 'AA11'),
    (4, 'joga', 'joga'),                    -- in an archive
    (5, 'waterloo', 'waterloo'),            -- two paths, one item
    (6, 'copy', 'copy'),                    -- two items are called so
    (7, 'nocturne', 'nocturne'),            -- a recording
    (8, 'Joga', 'Joga'),
    (9, 'joga', 'joga')
) AS t(rank, name, stem);
