CREATE TABLE new_items AS
SELECT 9 AS audio_seq, 'ee99' AS audio_id, 1.5 AS duration_s, 8000 AS sample_rate, 1 AS n_channels, 'PCM_16' AS codec;
