CREATE TABLE new_scores AS SELECT * FROM (VALUES
    ('TR1', NULL, 'aa11', 0.7), ('TR1', NULL, 'bb44', 0.6), ('cc22', NULL, 'aa11', 0.9),
    ('TRX', 'dd33', 'bb44', 0.5), ('TRY', 'dd33', 'bb44', 0.8), ('TR9', NULL, 'aa11', 0.75),
    ('TR1', NULL, 'ee55', 0.65), ('TR8', 'no such', 'aa22', 0.55), ('TR1', NULL, 'aa22', 0.25)
) AS t(track_id, audio_id, midi_id, score);
CREATE TEMP TABLE known_tracks AS SELECT * FROM (VALUES
    ('TR1', 1), ('cc22', 2), ('TRX', 3), ('TRY', 3)
) AS t(track_id, audio_seq);
