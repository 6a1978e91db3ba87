-- Purpose: find which words of chosen MIDI songs and chosen recordings are spelt alike or almost: those that become the
--          same when each loses at most one letter, or a long one its last two, and are one slip, or two, apart.
-- Reads:   chosen_songs (temporary), song_words
-- Writes:  near_words (temporary)
-- Params:  $field (artist or title)
CREATE OR REPLACE TEMP TABLE near_words AS
WITH vocabulary AS (
    SELECT DISTINCT side, word
    FROM song_words
    JOIN chosen_songs USING (song_seq)
    WHERE field = $field
),
deletions AS (
    -- Shorter words have too many neighbours, longer ones are titles run together. Hashes join faster than texts.
    SELECT
        side, word,
        unnest(
            CASE
                WHEN len(word) BETWEEN 5 AND 16
                    THEN list_prepend(
                        hash(word),
                        [hash(word[:cut - 1] || word[cut + 1:]) FOR cut IN range(1, len(word) + 1)]
                        || CASE WHEN len(word) >= 8 THEN [hash(word[:len(word) - 2])] ELSE [] END
                    )
                ELSE [hash(word)]
            END
        ) AS deletion
    FROM vocabulary
),
alike AS MATERIALIZED (
    SELECT DISTINCT midi.word AS midi_word, audio.word AS audio_word
    FROM deletions AS midi
    JOIN deletions AS audio USING (deletion)
    WHERE midi.side = 'midi' AND audio.side = 'audio'
)
SELECT *
FROM alike
WHERE midi_word = audio_word
   OR damerau_levenshtein(midi_word, audio_word) <= CASE WHEN len(midi_word) < 8 THEN 1 ELSE 2 END;
