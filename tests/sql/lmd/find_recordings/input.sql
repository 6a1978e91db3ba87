CREATE TABLE new_scores AS SELECT * FROM (VALUES
    ('TR1', NULL, 'aa11', 0.7), ('TR1', NULL, 'bb44', 0.6), ('cc22', NULL, 'aa11', 0.9),
    ('TRX', 'dd33', 'bb44', 0.5), ('TRY', 'dd33', 'bb44', 0.8), ('TR9', NULL, 'aa11', 0.75),
    ('TR1', NULL, 'ee55', 0.65), ('TR8', 'no such', 'aa22', 0.55), ('TR1', NULL, 'aa22', 0.25)
) AS t(track_id, audio_id, midi_id, score);
-- Another recording of TR1's track; TR8's bytes are not here, but its track id is.
INSERT INTO audio_items BY NAME SELECT * FROM (VALUES
    (4, 'ee44', 'TR1', 30.0, 22050, 1, 'PCM_16'), (5, 'ee45', 'TR8', 30.0, 22050, 1, 'PCM_16'),
    (6, 'ee46', 'TRX', 30.0, 22050, 1, 'PCM_16')
) AS t(audio_seq, audio_id, track_id, duration_s, sample_rate, n_channels, codec);
