-- Purpose: tell whether a name has some word.
-- Reads:   song_words
-- Params:  $word (lower case)
-- Returns: has_word
SELECT EXISTS (FROM song_words WHERE word = $word) AS has_word;
