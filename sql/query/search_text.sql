-- Purpose: rank items whose artist, title or file name resemble some words.
-- Reads:   midi, audio
-- Params:  $text, $limit
-- Returns: kind, id, path, artist, title, similarity (0 to 1), best first
WITH wanted AS (
    SELECT
        lower(strip_accents(trim($text))) AS text,
        list_distinct(regexp_extract_all(lower(strip_accents($text)), '[\p{L}\p{N}]+')) AS words
),
items AS (
    SELECT 'midi' AS kind, midi_id AS id, path, artist, title FROM midi
    UNION ALL
    SELECT 'audio', audio_id, path, artist, title FROM audio
),
spelled AS (
    SELECT
        *,
        lower(strip_accents(coalesce(title, ''))) AS title_text,
        lower(strip_accents(concat_ws(' ', artist, title))) AS full_text,
        lower(strip_accents(regexp_extract(coalesce(path, ''), '([^/\\]*?)(\.[^./\\]*)?$', 1))) AS file_text
    FROM items
),
scored AS (
    SELECT
        spelled.*,
        len(list_filter(words, lambda word: contains(concat_ws(' ', full_text, file_text), word)))
            / greatest(len(words), 1) AS share_of_words,
        greatest(
            jaro_winkler_similarity(title_text, text),
            jaro_winkler_similarity(full_text, text),
            jaro_winkler_similarity(file_text, text)
        ) AS likeness
    FROM spelled
    CROSS JOIN wanted
)
SELECT kind, id, path, artist, title, (share_of_words + likeness) / 2 AS similarity
FROM scored
WHERE share_of_words > 0 OR likeness >= 0.85  -- a word in common, or one misspelt
ORDER BY similarity DESC, kind DESC, path, id
LIMIT $limit;
