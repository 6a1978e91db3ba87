-- Purpose: digest all that the joining of lists with files goes by, and its outcome, to tell whether it would change
--          anything.
-- Reads:   names, paths, midi_items, audio_items, meta
-- Params:  $rules (text of the query that joins)
-- Returns: digest, kept (that of the last joining; NULL before the first)
SELECT
    concat_ws(
        '-',
        md5($rules),
        (
            SELECT bit_xor(hash(name_seq, side, corpus, list, md5, track_id, path, item_seq))
            FROM names
            WHERE source = 'metadata'
        ),
        (SELECT bit_xor(hash(kind, path, corpus, item_seq)) FROM paths),
        (SELECT bit_xor(hash('midi', midi_seq, midi_id)) FROM midi_items),
        (SELECT bit_xor(hash('audio', audio_seq, audio_id)) FROM audio_items)
    ) AS digest,
    (SELECT value FROM meta WHERE key = 'links_digest') AS kept;
