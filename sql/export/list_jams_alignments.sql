-- Purpose: tell how the pairs of some recordings were aligned, and through which parts the alignments go.
-- Reads:   alignment_rows, segment_rows, runs
-- Params:  $seqs (list of audio item numbers)
-- Returns: run_id, midi_seq, audio_seq, refined, confidence_model, settings (JSON), parts (list of structs of
--          midi_start_s, midi_end_s, audio_start_s, audio_end_s in their order; empty where none is known);
--          by run and numbers
WITH aligned AS (
    SELECT
        run_id, midi_seq, audio_seq,
        list(
            {
                midi_start_s: midi_start_s, midi_end_s: midi_end_s,
                audio_start_s: audio_start_s, audio_end_s: audio_end_s
            }
            ORDER BY segment
        ) AS parts
    FROM segment_rows
    WHERE is_aligned AND list_contains($seqs, audio_seq)
    GROUP BY run_id, midi_seq, audio_seq
)
SELECT
    path.run_id, path.midi_seq, path.audio_seq, path.refined, runs.confidence_model, runs.settings,
    coalesce(aligned.parts, []) AS parts
FROM alignment_rows AS path
JOIN runs USING (run_id)
LEFT JOIN aligned USING (run_id, midi_seq, audio_seq)
WHERE list_contains($seqs, path.audio_seq)
ORDER BY path.run_id, path.midi_seq, path.audio_seq;
