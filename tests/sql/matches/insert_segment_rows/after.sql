SELECT * FROM segment_rows WHERE run_id = 2 AND midi_seq = 2;
