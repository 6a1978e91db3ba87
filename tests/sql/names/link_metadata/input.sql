-- Files of one name with other contents, a copy, and names that say nothing.
INSERT INTO midi_items BY NAME SELECT *, 10.0 AS duration_s, 9 AS n_notes, 1 AS n_tracks, 1 AS n_instruments,
    false AS has_drums, 1 AS smf_format
FROM (VALUES (5, 'ee55'), (6, 'ee66'), (7, 'ee77')) AS t(midi_seq, midi_id);
INSERT INTO audio_items BY NAME SELECT *, 30.0 AS duration_s, 44100 AS sample_rate, 2 AS n_channels, 'PCM_16' AS codec
FROM (VALUES (4, 'ff44'), (5, 'ffffff55'), (6, 'ff66'), (7, 'ff77')) AS t(audio_seq, audio_id);
INSERT INTO paths BY NAME SELECT *, path::BLOB AS path_bytes, CASE path_seq WHEN 15 THEN 'c' ELSE 'x' END AS corpus, 1 AS size, 1 AS mtime_ns, false AS missing
FROM (VALUES
    (8, 'midi', '/a/one/help.mid', 5), (9, 'midi', '/a/two/help.mid', 6), (10, 'midi', '/copies/one/help.mid', 5),
    (11, 'midi', '/a/01.mid', 7), (12, 'midi', '/b.zip!/Deep Purple/Child in Time.mid', 7),
    (13, 'audio', '/previews/A/TRAAAAA128F0000001.mp3', 4), (14, 'audio', '/x/caf\xe9.wav', 5),
    (15, 'audio', '/x/song_0001.wav', 6)
) AS t(path_seq, kind, path, item_seq);

INSERT INTO names BY NAME SELECT *, 'metadata' AS source, 'list.csv' AS list, 'c' AS corpus FROM (VALUES
    -- by MD5, on its own side only; an id may be one
    (101, 'midi', 'aa11', NULL, NULL), (102, 'audio', 'aa11', NULL, NULL), (103, 'audio', NULL, 'ffffff55', NULL),
    -- a track id gives other entries the file, but no row number, nor one that leads to several
    (104, 'audio', 'aa33', 'TRXXXXX128F0000009', NULL), (105, 'audio', NULL, 'TRXXXXX128F0000009', NULL),
    (106, 'audio', 'cc22', '17', NULL), (107, 'audio', NULL, '17', NULL),
    (108, 'audio', NULL, 'an id given', NULL),
    (150, 'audio', 'aa33', 'given twice', NULL), (151, 'audio', 'dd33', 'given twice', NULL),
    (152, 'audio', NULL, 'given twice', NULL),
    -- a content that no path leads to any more
    (153, 'audio', 'ff77', NULL, NULL),
    -- a file named by its track id: everywhere or in its corpus
    (115, 'audio', NULL, 'song_0001', NULL),
    (110, 'audio', NULL, 'TRAAAAA128F0000001', NULL), (111, 'midi', NULL, 'TRAAAAA128F0000001', NULL),
    -- by path: absolute, its end at a separator, in an archive, escaped, with a copy; ambiguous or of no file
    (120, 'midi', NULL, NULL, '/a/two/help.mid'), (121, 'midi', NULL, NULL, 'one/help.mid'),
    (122, 'midi', NULL, NULL, 'ne/help.mid'), (123, 'midi', NULL, NULL, '.\Deep Purple\Child in Time.mid'),
    (124, 'audio', NULL, NULL, 'x/caf\xe9.wav'), (125, 'midi', NULL, NULL, 'help.mid'),
    -- by file name alone: unique, not so in the list, saying nothing, or denied by the MD5
    (130, 'midi', NULL, NULL, '/else/joga.mid'), (131, 'audio', NULL, NULL, 'nocturne.wav'),
    (132, 'audio', NULL, NULL, 'else/nocturne.wav'), (133, 'midi', NULL, NULL, '/else/01.mid'),
    (134, 'midi', '99', NULL, 'else/unknown tune.mid')
) AS t(name_seq, side, md5, track_id, path);
-- Other lists: ids that are the same everywhere, and those that only look alike beyond their corpus.
INSERT INTO names BY NAME SELECT *, 'audio' AS side, 'metadata' AS source, 'other.csv' AS list FROM (VALUES
    (109, 'c', NULL, 'an id given', 'radio/noname.wav'), (112, 'd', NULL, 'an id given', NULL),
    (113, 'd', NULL, 'TRXXXXX128F0000009', NULL), (116, 'd', NULL, 'song_0001', NULL),
    (160, 'd', 'aa33', '0b8e8b5c-6a0d-4f0e-9a53-2f1c2f7a9e11', NULL),
    (161, 'e', NULL, '0b8e8b5c-6a0d-4f0e-9a53-2f1c2f7a9e11', NULL),
    (162, 'd', 'cc22', 'GBAYE6500001', NULL), (163, 'e', NULL, 'GBAYE6500001', NULL),
    (164, 'd', 'dd33', '0123456789abcdef0123456789abcdef', NULL),
    (165, 'e', NULL, '0123456789abcdef0123456789abcdef', NULL)
) AS t(name_seq, corpus, md5, track_id, path);
-- Joined before: with what its path leads to no more, with what nothing says, with what is right.
INSERT INTO names BY NAME SELECT *, 'audio' AS side, 'metadata' AS source, 'other.csv' AS list, 'f' AS corpus FROM (VALUES
    (170, 1, '/records/nocturne.wav'), (171, 1, NULL), (172, 1, '/records/waterloo.mp3')
) AS t(name_seq, item_seq, path);
-- The same file name in another list does not count against it.
INSERT INTO names BY NAME
SELECT 140 AS name_seq, 'midi' AS side, 'metadata' AS source, 'other.csv' AS list, 'c' AS corpus,
    'waterloo.mid' AS path;
