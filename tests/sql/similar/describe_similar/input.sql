CREATE TABLE ranked AS
SELECT 'q.mid' AS query, 0 AS place, rank, midi_seq, 0.9 AS similarity, 'version' AS kind, 2 AS transposition,
    1.5 AS tempo_ratio, 0.0 AS start_s, 10.0 AS end_s, 1.0 AS other_start_s, 7.5 AS other_end_s, 0.8 AS matched,
    0.9 AS pitch, 0.7 AS rhythm, 1.0 AS instruments, 0.6 AS velocities
FROM (VALUES (2, 1), (1, 4)) AS t(rank, midi_seq);
