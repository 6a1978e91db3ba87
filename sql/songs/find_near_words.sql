-- Purpose: find which words of chosen MIDI songs and chosen recordings are spelt alike or almost: those that become the
--          same when each loses at most one letter, or a long one its last two, and are one slip, or two, apart.
-- Reads:   chosen_songs (temporary), song_words
-- Writes:  near_words (temporary)
CREATE OR REPLACE TEMP TABLE near_words AS
WITH vocabulary AS (
    SELECT side, field, word, count(*) AS n_songs
    FROM song_words
    JOIN chosen_songs USING (song_seq)
    GROUP BY side, field, word
),
deletions AS (
    -- Shorter words have too many neighbours, longer ones are titles run together. Hashes join faster than texts.
    SELECT
        side, field, word, n_songs,
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
    SELECT field, midi.word AS midi_word, audio.word AS audio_word, any_value(audio.n_songs) AS n_songs
    FROM deletions AS midi
    JOIN deletions AS audio USING (field, deletion)
    WHERE midi.side = 'midi' AND audio.side = 'audio'
    GROUP BY field, midi.word, audio.word
)
SELECT *
FROM alike
WHERE midi_word = audio_word
   OR damerau_levenshtein(midi_word, audio_word) <= CASE WHEN len(midi_word) < 8 THEN 1 ELSE 2 END;
