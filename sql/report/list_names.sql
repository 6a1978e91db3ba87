-- Purpose: list what some items are called.
-- Reads:   midi, audio
-- Params:  $midi_seqs, $audio_seqs (lists of numbers)
-- Returns: kind (midi or audio), item_seq, item_id, artist, title, path
SELECT 'midi' AS kind, midi_seq AS item_seq, midi_id AS item_id, artist, title, path
FROM midi
WHERE midi_seq IN (SELECT unnest($midi_seqs))
UNION ALL
SELECT 'audio', audio_seq, audio_id, artist, title, path
FROM audio
WHERE audio_seq IN (SELECT unnest($audio_seqs))
ORDER BY kind, item_seq;
