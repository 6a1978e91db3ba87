-- Purpose: add names to a ranking of items of one side.
-- Reads:   ranked (registered by the caller), midi, audio
-- Params:  $side
-- Returns: rank, id, path, artist, title, score, confidence, transposition, midi_start_s, midi_end_s,
--          audio_start_s, audio_end_s, offset_s (seconds of the MIDI side at which the audio side begins)
WITH named AS (
    SELECT midi_seq AS item_seq, midi_id AS id, path, artist, title FROM midi WHERE $side = 'midi'
    UNION ALL
    SELECT audio_seq, audio_id, path, artist, title FROM audio WHERE $side = 'audio'
)
SELECT
    ranked.rank, named.id, named.path, named.artist, named.title, ranked.score, ranked.confidence,
    ranked.transposition, ranked.midi_start_s, ranked.midi_end_s, ranked.audio_start_s, ranked.audio_end_s,
    ranked.midi_start_s - ranked.audio_start_s AS offset_s
FROM ranked
JOIN named USING (item_seq)
ORDER BY ranked.rank;
