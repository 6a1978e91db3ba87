-- Purpose: count the items of both sides, and how long they are together.
-- Reads:   midi_items, audio_items
-- Returns: n_midi, midi_s, n_audio, audio_s (seconds); one row
SELECT
    (SELECT count(*) FROM midi_items) AS n_midi,
    (SELECT coalesce(sum(duration_s), 0) FROM midi_items) AS midi_s,
    (SELECT count(*) FROM audio_items) AS n_audio,
    (SELECT coalesce(sum(duration_s), 0) FROM audio_items) AS audio_s;
