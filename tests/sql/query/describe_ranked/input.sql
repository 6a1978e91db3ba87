CREATE TABLE ranked AS SELECT * FROM (VALUES
    (2, 3, 0.4, 0.4, 0, 1.0, 9.0, 0.0, 8.0),
    (1, 1, 0.9, 0.9, -2, 20.0, 50.0, 0.5, 30.0)
) AS t(
    rank, item_seq, score, confidence, transposition, midi_start_s, midi_end_s, audio_start_s, audio_end_s
);
