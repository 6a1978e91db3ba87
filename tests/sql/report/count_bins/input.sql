-- The ends: 1.0 belongs to the last bin.
UPDATE match_rows SET score = 1.0, confidence = 0.0 WHERE run_id = 1 AND midi_seq = 4 AND audio_seq = 3;
