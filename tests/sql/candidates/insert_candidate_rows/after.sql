SELECT * FROM candidate_rows WHERE stage = 'hash';
