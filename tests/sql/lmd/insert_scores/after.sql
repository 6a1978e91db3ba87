SELECT * FROM candidate_rows WHERE run_id = 3 ORDER BY midi_seq, rank;
