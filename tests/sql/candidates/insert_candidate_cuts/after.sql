SELECT * FROM candidate_cuts WHERE stage = 'hash';
