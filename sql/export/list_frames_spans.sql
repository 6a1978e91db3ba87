-- Purpose: list of accepted pairs how long the recording is and which parts of it the alignment goes through.
-- Reads:   alignments, audio, segments
-- Returns: midi_id, audio_id, run_id, duration_s, starts_s, ends_s (lists, empty where no parts are known); by
--          recording and MIDI item
SELECT
    path.midi_id, path.audio_id, path.run_id, any_value(audio.duration_s) AS duration_s,
    coalesce(list(part.audio_start_s ORDER BY part.segment) FILTER (part.segment IS NOT NULL), []) AS starts_s,
    coalesce(list(part.audio_end_s ORDER BY part.segment) FILTER (part.segment IS NOT NULL), []) AS ends_s
FROM alignments AS path
JOIN audio USING (audio_id)
LEFT JOIN segments AS part
    ON part.run_id = path.run_id AND part.midi_id = path.midi_id AND part.audio_id = path.audio_id
    AND part.is_aligned
GROUP BY path.midi_id, path.audio_id, path.run_id
ORDER BY path.audio_id, path.midi_id, path.run_id;
