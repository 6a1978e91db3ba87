-- Purpose: add names to MIDI items that resemble others.
-- Reads:   ranked (registered by the caller), midi
-- Returns: query, rank, id, path, artist, title, similarity, kind, transposition, tempo_ratio, start_s, end_s,
--          other_start_s, other_end_s, matched, pitch, rhythm, instruments, velocities
SELECT
    ranked.query, ranked.rank, midi.midi_id AS id, midi.path, midi.artist, midi.title, ranked.similarity,
    ranked.kind, ranked.transposition, ranked.tempo_ratio, ranked.start_s, ranked.end_s, ranked.other_start_s,
    ranked.other_end_s, ranked.matched, ranked.pitch, ranked.rhythm, ranked.instruments, ranked.velocities
FROM ranked
JOIN midi USING (midi_seq)
ORDER BY ranked.place, ranked.rank;
