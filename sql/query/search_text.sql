-- Purpose: rank files, and entries of lists whose files are not here, by how well artist and title fit some words.
-- Reads:   song_words, songs, names, midi_items, audio_items, paths
-- Params:  $text, $limit
-- Returns: kind, id, path, artist, title, similarity (0 to 1), best first
WITH text AS (
    SELECT string_split(coalesce(nullif(fold_words(fold_letters($text)), ''), lower(trim($text))), ' ') AS words
),
places AS (
    SELECT words, unnest(range(1, len(words) + 1)) AS place FROM text
),
tokens AS (
    -- The words, and neighbours run together: "ac dc" asks for acdc, too.
    SELECT place, place AS place_to, words[place] AS token FROM places
    UNION ALL
    SELECT place, place + 1, words[place] || words[place + 1] FROM places WHERE place < len(words)
),
vocabulary AS MATERIALIZED (
    SELECT word, len(word) AS n_letters, count(*) AS n_rows FROM song_words GROUP BY word
),
slips AS (
    SELECT place, token, unnest(range(len(token) - 2, len(token) + 3)) AS n_letters
    FROM tokens
    WHERE place = place_to AND len(token) >= 4
),
slipped AS MATERIALIZED (
    -- A slip is seldom both in the first letter and in the last.
    SELECT place, token, word, n_rows
    FROM slips
    JOIN vocabulary ON vocabulary.n_letters = slips.n_letters AND word[1] = token[1]
    UNION ALL
    SELECT place, token, word, n_rows
    FROM slips
    JOIN vocabulary ON vocabulary.n_letters = slips.n_letters AND word[-1] = token[-1]
    WHERE word[1] <> token[1]
),
near AS MATERIALIZED (
    SELECT place, place_to, word, n_rows, 1 AS closeness
    FROM tokens
    JOIN vocabulary ON word = token
    UNION ALL
    -- One slip of the pen, in long words two.
    SELECT place, place, word, n_rows, 0.85
    FROM slipped
    WHERE word <> token AND damerau_levenshtein(word, token) <= CASE WHEN len(token) < 8 THEN 1 ELSE 2 END
),
weights AS (
    -- A rare word tells more than a common one, and one that is nowhere most of all.
    SELECT place, ln(1 + (SELECT count(*) FROM songs) / greatest(max(n_rows), 1)) AS weight
    FROM places
    LEFT JOIN (SELECT place, n_rows FROM near WHERE place = place_to) USING (place)
    GROUP BY place
),
hits AS (
    SELECT song_seq, field, word, unnest(range(near.place, place_to + 1)) AS place, closeness
    FROM near
    JOIN song_words USING (word)
),
asked AS (
    SELECT song_seq, sum(weight * closeness) / (SELECT sum(weight) FROM weights) AS share
    FROM (SELECT song_seq, place, max(closeness) AS closeness FROM hits GROUP BY song_seq, place)
    JOIN weights USING (place)
    GROUP BY song_seq
),
named AS (
    -- How much of the name was asked for, in letters; a name run together counts once.
    SELECT song_seq, sum(least(n_letters, len(CASE field WHEN 'artist' THEN artist_run ELSE replace(title_key, ' ', '') END))) / len(artist_run || replace(title_key, ' ', '')) AS share
    FROM (
        SELECT song_seq, field, sum(len(word)) AS n_letters
        FROM (SELECT DISTINCT song_seq, field, word FROM hits)
        GROUP BY song_seq, field
    )
    JOIN songs USING (song_seq)
    GROUP BY song_seq, artist_run, title_key
),
scored AS (
    SELECT song_seq, asked.share * (0.7 + 0.3 * named.share) AS similarity
    FROM asked
    JOIN named USING (song_seq)
),
found AS (
    -- An item by the best of its names.
    SELECT
        side, item_seq, CASE WHEN item_seq IS NULL THEN name_seq END AS entry, max(similarity) AS similarity,
        min(name_seq) AS name_seq, any_value(coalesce(track_id, md5)) AS id, any_value(artist) AS artist, any_value(title) AS title
    FROM names
    JOIN scored USING (song_seq)
    GROUP BY side, item_seq, entry
    ORDER BY similarity DESC, side DESC, name_seq
    LIMIT $limit
),
first_paths AS (
    SELECT kind, item_seq, arg_min(path, path_seq) AS path
    FROM paths
    WHERE (kind, item_seq) IN (SELECT (side, item_seq) FROM found)
    GROUP BY kind, item_seq
)
SELECT
    found.side AS kind,
    coalesce(midi.midi_id, audio.audio_id, found.id) AS id,
    path,
    CASE WHEN found.item_seq IS NULL THEN found.artist ELSE coalesce(midi.artist, audio.artist) END AS artist,
    CASE WHEN found.item_seq IS NULL THEN found.title ELSE coalesce(midi.title, audio.title) END AS title,
    similarity
FROM found
LEFT JOIN midi_items AS midi ON side = 'midi' AND midi_seq = found.item_seq
LEFT JOIN audio_items AS audio ON side = 'audio' AND audio_seq = found.item_seq
LEFT JOIN first_paths ON first_paths.kind = side AND first_paths.item_seq = found.item_seq
ORDER BY similarity DESC, found.side DESC, found.name_seq;
