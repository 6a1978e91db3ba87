-- What every case finds there before its own input: three MIDI items, three recordings, two runs.
INSERT INTO meta VALUES ('schema_version', '1');

INSERT INTO midi_items BY NAME SELECT * FROM (VALUES
    (1, 'aa11', 'ABBA', 'Waterloo', 160.0, 1200, 5, 4, true, 1, NULL),
    (2, 'aa22', NULL, NULL, 90.5, 300, 1, 1, false, 0, 'cut short'),
    (4, 'bb44', 'Björk', 'Jóga', 301.25, 2000, 9, 8, true, 1, NULL)
) AS t(midi_seq, midi_id, artist, title, duration_s, n_notes, n_tracks, n_instruments, has_drums, smf_format, damage);

INSERT INTO audio_items BY NAME SELECT * FROM (VALUES
    (1, 'aa33', 'TR1', 'Abba', 'Waterloo', NULL, 165.0, 44100, 2, 'MPEG_LAYER_III'),
    (2, 'cc22', NULL, 'Someone', 'Nocturne', 'Nights', 30.0, 22050, 1, 'PCM_16'),
    (3, 'dd33', NULL, NULL, NULL, NULL, 30.0, 22050, 1, 'PCM_16')
) AS t(audio_seq, audio_id, track_id, artist, title, album, duration_s, sample_rate, n_channels, codec);

INSERT INTO paths BY NAME SELECT *, path::BLOB AS path_bytes FROM (VALUES
    (1, 'midi', '/music/pop/waterloo.mid', 'pop', 1, 10, 100, false),
    (2, 'midi', '/music/pop/unknown tune.mid', 'pop', 2, 11, 100, false),
    (3, 'midi', '/music/pop.zip!/joga.mid', 'archive', 4, 12, 100, false),
    (4, 'midi', '/music/pop/copy.mid', 'pop', 1, 10, 200, true),
    (5, 'audio', '/records/waterloo.mp3', 'records', 1, 20, 100, false),
    (6, 'audio', '/records/nocturne.wav', 'records', 2, 21, 100, false),
    (7, 'audio', '/radio/noname.wav', 'radio', 3, 22, 100, true)
) AS t(path_seq, kind, path, corpus, item_seq, size, mtime_ns, missing);

INSERT INTO failed_files VALUES
    ('midi', '/music/pop/broken.mid', 'pop', 'parse', 'no header', 5, 100, TIMESTAMP '2026-01-01 12:00:00'),
    ('audio', '/records/empty.wav', 'records', 'read', 'no samples', 0, 100, TIMESTAMP '2026-01-02 12:00:00');

INSERT INTO parts VALUES
    (1, 'notes', 'features/notes/a.parquet', 3, 100, 'f00', TIMESTAMP '2026-01-01 12:00:00'),
    (2, 'constant_q', 'features/constant_q/b.parquet', 6, 900, 'f01', TIMESTAMP '2026-01-01 12:00:01');

INSERT INTO runs VALUES
    (1, TIMESTAMP '2026-01-03 12:00:00', TIMESTAMP '2026-01-03 12:01:00', '{"candidates": 2}', 'score-1', '{}'),
    (2, TIMESTAMP '2026-01-04 12:00:00', NULL, '{"candidates": 9}', 'score-1', '{}');

INSERT INTO coverage VALUES
    (1, '{"candidates": 2}', 1, 4, 1, 3),
    (2, '{"candidates": 9}', 1, 1, 1, 2);

INSERT INTO candidate_rows VALUES
    (1, 'embedding', 1, 1, 1, 0.9), (1, 'embedding', 1, 2, 2, 0.4), (1, 'dtw', 1, 1, 1, 0.8),
    (1, 'dtw', 2, 2, 1, 0.3), (2, 'dtw', 1, 1, 1, 0.85);

INSERT INTO candidate_cuts VALUES (1, 'embedding', 1, 3, 2, 0.4), (1, 'dtw', 1, 2, 1, 0.8);

INSERT INTO match_rows BY NAME SELECT *, 1 - score / 2 AS cost FROM (VALUES
    (1, 1, 1, 0.8, 0.8, 0, 1.0, 150.0, 0.0, 151.0),
    (1, 2, 2, 0.3, 0.3, -1, 5.0, 35.0, 0.0, 30.0),
    (1, 4, 2, 0.6, 0.6, 0, 60.0, 90.0, 0.0, 29.0),
    (1, 4, 3, 0.6, 0.6, 2, 7.0, 36.0, 0.5, 29.5),
    (2, 1, 1, 0.85, 0.85, 0, 1.5, 150.0, 0.0, 148.5)
) AS t(
    run_id, midi_seq, audio_seq, score, confidence, transposition,
    midi_start_s, midi_end_s, audio_start_s, audio_end_s
);

INSERT INTO alignment_rows VALUES
    (1, 1, 1, [1.0, 150.0], [0.0, 151.0], false),
    (1, 4, 2, [60.0, 75.0, 90.0], [0.0, 15.0, 29.0], false),
    (2, 1, 1, [1.5, 76.5, 150.0], [0.0, 75.0, 148.5], true);

INSERT INTO segment_rows VALUES
    (1, 4, 2, 1, 60.0, 90.0, 0.0, 29.0, true, 0.8),
    (2, 1, 1, 1, 1.5, 75.0, 0.0, 74.0, true, 0.9), (2, 1, 1, 2, 50.0, 150.0, 74.0, 148.5, false, 0.95);

INSERT INTO notes_part VALUES
    (1, 0, 4, false, 60, 100, 0.0, 0.5), (1, 0, 4, false, 67, 90, 0.5, 1.0), (1, 1, 0, true, 36, 80, 0.0, 0.1),
    (2, 0, 0, false, 72, 64, 1.0, 2.0), (4, 0, 48, false, 50, 70, 0.0, 9.0);

INSERT INTO events_part VALUES
    (1, 'tempo', 0, 0.0, 120.0, NULL, NULL), (1, 'tempo', 0, 60.0, 90.0, NULL, NULL),
    (1, 'key_signature', 0, 0.0, NULL, 'D major', NULL), (1, 'lyric', 1, 3.5, NULL, 'My my', 'My my'::BLOB);

INSERT INTO constant_q_part
SELECT side, item_seq, version, 2, 0.0, frames::BLOB
FROM (VALUES
    ('midi', 1, 'new', 'm1'), ('midi', 2, 'new', 'm2'), ('midi', 4, 'old', 'm4'), ('midi', 3, 'new', 'gone'),
    ('audio', 1, 'new', 'a1'), ('audio', 2, 'new', 'a2'), ('audio', 3, 'new', 'a3')
) AS t(side, item_seq, version, frames);

INSERT INTO hash_sequences_part VALUES
    ('midi', 1, '1', [1, 2]), ('midi', 2, '1', [3]), ('midi', 4, '1', [4]), ('midi', 3, '1', [5]),
    ('audio', 1, '1', [6, 7]), ('audio', 2, '1', [8]), ('audio', 3, '0', [9]);

INSERT INTO embeddings_part VALUES
    (1, 'midi', 1, '1', 0, [1.0, 0.0]), (2, 'midi', 1, '1', 108, [0.0, 1.0]), (3, 'midi', 2, '1', 0, [0.6, 0.8]),
    (4, 'midi', 3, '1', 0, [1.0, 0.0]), (5, 'audio', 1, '1', 0, [1.0, 0.0]), (6, 'audio', 2, '1', 0, [0.8, 0.6]),
    (7, 'audio', 3, '0', 0, [0.0, 1.0]);

INSERT INTO names BY NAME SELECT * FROM (VALUES
    (1, 'midi', 'path', 1, 'ABBA', 'Waterloo', NULL, '/music/pop/waterloo.mid'),
    (2, 'midi', 'path', 2, NULL, 'unknown tune', NULL, '/music/pop/unknown tune.mid'),
    (3, 'midi', 'path', 4, NULL, 'joga', NULL, '/music/pop.zip!/joga.mid'),
    (4, 'midi', 'texts', 4, 'Björk', 'Jóga', NULL, NULL),
    (5, 'audio', 'tags', 1, 'Abba', 'Waterloo', NULL, NULL),
    (6, 'audio', 'tags', 2, 'Someone', 'Nocturne', 'Nights', NULL),
    (7, 'audio', 'path', 3, NULL, 'noname', NULL, '/radio/noname.wav')
) AS t(name_seq, side, source, item_seq, artist, title, album, path);
