SELECT * FROM coverage WHERE run_id = 7;
