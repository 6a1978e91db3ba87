-- Purpose: tell all about one recording.
-- Reads:   audio_items, paths, matches
-- Params:  $audio_seq, $n_matches
-- Returns: section, name, value (text), in order
WITH item AS (
    SELECT * FROM audio_items WHERE audio_seq = $audio_seq
),
facts AS (
    UNPIVOT (
        SELECT
            audio_id, track_id, artist, title, album, round(duration_s, 3)::VARCHAR AS duration_s,
            sample_rate::VARCHAR AS sample_rate, n_channels::VARCHAR AS n_channels, codec, damage
        FROM item
    )
    ON audio_id, track_id, artist, title, album, duration_s, sample_rate, n_channels, codec, damage
    INTO NAME name VALUE value
),
found AS (
    SELECT
        audio_rank, midi_id,
        format(
            'score {:.3f}, confidence {:.3f}, {:+d} semitones, {:.2f} to {:.2f} s of {} at {:.2f} to {:.2f} s',
            score, confidence, transposition, midi_start_s, midi_end_s, midi_path, audio_start_s, audio_end_s
        ) AS value
    FROM matches
    WHERE audio_id = (SELECT audio_id FROM item)
    QUALIFY row_number() OVER (ORDER BY audio_rank) <= $n_matches
),
lines AS (
    SELECT 1 AS block, row_number() OVER () AS place, 'item' AS section, name, value FROM facts
    UNION ALL
    SELECT 2, path_seq, 'path', corpus, path || CASE WHEN missing THEN ' (vanished)' ELSE '' END
    FROM paths
    WHERE kind = 'audio' AND item_seq = $audio_seq
    UNION ALL
    SELECT 3, audio_rank, 'match', midi_id, value FROM found
)
SELECT section, name, value
FROM lines
ORDER BY block, place;
