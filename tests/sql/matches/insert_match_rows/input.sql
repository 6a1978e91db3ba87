CREATE TABLE new_rows AS
SELECT
    2 AS run_id, 2 AS midi_seq, 3 AS audio_seq, 0.7 AS score, 0.6 AS confidence, 0.65 AS cost, 3 AS transposition,
    1.0 AS midi_start_s, 9.0 AS midi_end_s, 2.0 AS audio_start_s, 11.0 AS audio_end_s, 0.62 AS frame_cost,
    0.68 AS hash_cost, 0.9 AS backward_cost, 0.8 AS usual_cost, NULL AS similarity, NULL AS usual_similarity;
