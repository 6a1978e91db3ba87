-- Purpose: list the pairs that have been accepted and aligned.
-- Reads:   matches, alignments, midi, audio
-- Params:  $min_confidence (0 to 1)
-- Returns: midi_seq, audio_seq, midi_id, audio_id, track_id, midi_path, audio_path, score, confidence,
--          transposition, run_id, midi_s, audio_s; by recording, the most confident first
SELECT
    midi.midi_seq, audio.audio_seq, midi.midi_id, audio.audio_id, audio.track_id, midi.path AS midi_path,
    audio.path AS audio_path, pair.score, pair.confidence, pair.transposition, pair.run_id, path.midi_s,
    path.audio_s
FROM matches AS pair
JOIN alignments AS path USING (run_id, midi_id, audio_id)
JOIN midi USING (midi_id)
JOIN audio USING (audio_id)
WHERE pair.confidence >= $min_confidence
ORDER BY audio.audio_seq, pair.confidence DESC, midi.midi_seq;
