-- Purpose: read the evidence for a pair of a MIDI item and a recording.
-- Reads:   current_matches
-- Params:  $midi_seq, $audio_seq
-- Returns: transposition and the columns of evidence; no row where no run has gathered any
SELECT
    transposition, frame_cost, hash_cost, backward_cost, usual_cost, similarity, usual_similarity
FROM current_matches
WHERE midi_seq = $midi_seq AND audio_seq = $audio_seq AND frame_cost IS NOT NULL;
