-- Purpose: record the pairs that the last stage kept, with their scores.
-- Reads:   new_rows (registered by the caller)
-- Writes:  match_rows
INSERT INTO match_rows BY NAME
SELECT
    run_id, midi_seq, audio_seq, cost, score, confidence, transposition,
    midi_start_s, midi_end_s, audio_start_s, audio_end_s,
    frame_cost, hash_cost, backward_cost, usual_cost, similarity, usual_similarity
FROM new_rows;
