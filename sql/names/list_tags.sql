-- Purpose: list what recordings say of themselves, in a catalog that knows no other names.
-- Reads:   audio_items
-- Returns: audio_seq, artist, title, album
SELECT audio_seq, artist, title, album
FROM audio_items
WHERE artist IS NOT NULL OR title IS NOT NULL OR album IS NOT NULL
ORDER BY audio_seq;
