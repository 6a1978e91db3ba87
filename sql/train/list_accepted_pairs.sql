-- Purpose: list the pairs of one segment that a run accepted as surely as asked for, each with its alignment.
-- Reads:   match_rows, alignment_rows, segment_rows, paths
-- Params:  $run_id, $floor (0 to 1)
-- Returns: midi_seq, audio_seq, midi_path, midi_s, audio_s
SELECT
    pair.midi_seq, pair.audio_seq, file.path AS midi_path, alignment.midi_s, alignment.audio_s
FROM match_rows AS pair
JOIN alignment_rows AS alignment USING (run_id, midi_seq, audio_seq)
JOIN (
    SELECT item_seq, arg_min(path, path_seq) AS path FROM paths WHERE kind = 'midi' GROUP BY item_seq
) AS file ON file.item_seq = pair.midi_seq
ANTI JOIN ( -- what lies between two segments has no place on the other side
    SELECT * FROM segment_rows WHERE segment > 1
) AS more USING (run_id, midi_seq, audio_seq)
WHERE pair.run_id = $run_id AND pair.confidence >= $floor
ORDER BY pair.midi_seq, pair.audio_seq;
