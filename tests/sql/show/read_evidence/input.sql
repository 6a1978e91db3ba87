-- Of a run that gathered no evidence, there is none to read.
UPDATE match_rows
SET frame_cost = 0.3, hash_cost = 0.2, backward_cost = 0.9, usual_cost = 0.8, similarity = 0.9, usual_similarity = 0.5
WHERE run_id = 2;
