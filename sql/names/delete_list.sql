-- Purpose: remove the entries of a list that is about to come again.
-- Writes:  names
-- Params:  $corpus, $list
-- Returns: name_seq
DELETE FROM names
WHERE source = 'metadata' AND corpus = $corpus AND list = $list
RETURNING name_seq;
