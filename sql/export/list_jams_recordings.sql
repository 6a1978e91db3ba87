-- Purpose: describe some recordings.
-- Reads:   audio_items
-- Params:  $seqs (list of audio item numbers)
-- Returns: audio_seq, artist, title, album, duration_s; by number
SELECT audio_seq, artist, title, album, duration_s
FROM audio_items
WHERE list_contains($seqs, audio_seq)
ORDER BY audio_seq;
