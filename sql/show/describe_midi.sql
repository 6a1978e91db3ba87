-- Purpose: tell all about one MIDI item.
-- Reads:   midi_items, paths, notes_part, events_part, matches
-- Params:  $midi_seq, $n_matches, $n_texts
-- Returns: section, name, value (text), in order
WITH item AS (
    SELECT * FROM midi_items WHERE midi_seq = $midi_seq
),
own_notes AS MATERIALIZED (
    SELECT track, program, is_drum, pitch FROM notes_part WHERE midi_seq = $midi_seq
),
own_events AS MATERIALIZED (
    SELECT *, row_number() OVER (PARTITION BY kind ORDER BY time_s, track, text) AS place
    FROM events_part
    WHERE midi_seq = $midi_seq
),
facts AS (
    UNPIVOT (
        SELECT
            midi_id, artist, title, round(duration_s, 3)::VARCHAR AS duration_s, n_notes::VARCHAR AS n_notes,
            n_tracks::VARCHAR AS n_tracks, n_instruments::VARCHAR AS n_instruments,
            has_drums::VARCHAR AS has_drums, smf_format::VARCHAR AS smf_format, damage
        FROM item
    )
    ON midi_id, artist, title, duration_s, n_notes, n_tracks, n_instruments, has_drums, smf_format, damage
    INTO NAME name VALUE value
),
instruments AS (
    SELECT
        is_drum, program, count(*) AS n_notes, min(pitch) AS lowest, max(pitch) AS highest
    FROM own_notes
    GROUP BY ALL
),
found AS (
    SELECT
        rank, audio_id,
        format(
            'score {:.3f}, confidence {:.3f}, {:+d} semitones, {:.2f} to {:.2f} s at {:.2f} to {:.2f} s of {}',
            score, confidence, transposition, midi_start_s, midi_end_s, audio_start_s, audio_end_s, audio_path
        ) AS value
    FROM matches
    WHERE midi_id = (SELECT midi_id FROM item)
    QUALIFY row_number() OVER (ORDER BY rank) <= $n_matches
),
lines AS (
    SELECT 1 AS block, row_number() OVER () AS place, 'item' AS section, name, value FROM facts
    UNION ALL
    SELECT 2, path_seq, 'path', corpus, path || CASE WHEN missing THEN ' (vanished)' ELSE '' END
    FROM paths
    WHERE kind = 'midi' AND item_seq = $midi_seq
    UNION ALL
    SELECT
        3, 1, 'tempo', 'beats_per_minute',
        CASE
            WHEN count(DISTINCT value) = 1 THEN format('{:.2f}', min(value))
            ELSE format('{:.2f} to {:.2f}, {} values, first {:.2f}', min(value), max(value), count(*), min_by(value, time_s))
        END
    FROM own_events
    WHERE kind = 'tempo'
    HAVING count(*) > 0
    UNION ALL
    SELECT 4, place, kind, format('{:.2f} s', time_s), text
    FROM own_events
    WHERE kind IN ('time_signature', 'key_signature') AND place <= $n_texts
    UNION ALL
    SELECT
        5, 2 * program + is_drum::INTEGER, 'instrument',
        CASE WHEN is_drum THEN 'drums' ELSE format('program {}', program) END,
        format('{} notes, pitches {} to {}', n_notes, lowest, highest)
    FROM instruments
    UNION ALL
    SELECT 6, place, kind, format('{:.2f} s', time_s), text
    FROM own_events
    WHERE kind NOT IN ('tempo', 'time_signature', 'key_signature') AND place <= $n_texts AND trim(text) <> ''
    UNION ALL
    SELECT 7, rank, 'match', audio_id, value FROM found
)
SELECT section, name, value
FROM lines
ORDER BY block, section, place;
