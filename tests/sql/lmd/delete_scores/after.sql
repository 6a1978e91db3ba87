SELECT * FROM candidate_rows WHERE stage = 'lmd' OR run_id = 2 ORDER BY ALL;
