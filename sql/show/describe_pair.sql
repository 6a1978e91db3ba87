-- Purpose: tell all about one pair of a MIDI item and a recording.
-- Reads:   midi, audio, names, song_pairs, matches, candidates, alignments, segments
-- Params:  $midi_seq, $audio_seq
-- Returns: section, name, value (text), in order
WITH pair AS (
    SELECT midi.midi_id, midi.path AS midi_path, audio.audio_id, audio.path AS audio_path
    FROM midi, audio
    WHERE midi.midi_seq = $midi_seq AND audio.audio_seq = $audio_seq
),
called AS (
    -- The two names that are most alike.
    SELECT
        similarity, artist_similarity, title_similarity, midi.artist AS midi_artist, midi.title AS midi_title,
        audio.artist AS audio_artist, audio.title AS audio_title
    FROM song_pairs
    JOIN names AS midi ON midi.song_seq = midi_song AND midi.side = 'midi' AND midi.item_seq = $midi_seq
    JOIN names AS audio ON audio.song_seq = audio_song AND audio.side = 'audio' AND audio.item_seq = $audio_seq
    ORDER BY similarity DESC, midi.name_seq, audio.name_seq
    LIMIT 1
),
found AS (
    SELECT matches.* FROM matches JOIN pair USING (midi_id, audio_id)
),
facts AS (
    UNPIVOT (
        SELECT
            rank::VARCHAR AS rank, audio_rank::VARCHAR AS audio_rank, format('{:.4f}', score) AS score,
            format('{:.4f}', confidence) AS confidence, format('{:+d}', transposition) AS transposition,
            format('{:.3f}', midi_start_s) AS midi_start_s, format('{:.3f}', midi_end_s) AS midi_end_s,
            format('{:.3f}', audio_start_s) AS audio_start_s, format('{:.3f}', audio_end_s) AS audio_end_s,
            run_id::VARCHAR AS run_id
        FROM found
    )
    ON rank, audio_rank, score, confidence, transposition, midi_start_s, midi_end_s, audio_start_s,
        audio_end_s, run_id
    INTO NAME name VALUE value
),
stages AS (
    SELECT
        run_id, stage, list_position(['text', 'embedding', 'hash', 'dtw'], stage) AS place,
        format('rank {}, value {:.4f}', rank, value) AS value
    FROM candidates
    JOIN pair USING (midi_id, audio_id)
),
path AS (
    SELECT
        len(midi_s) AS n_points,
        midi_s[1] AS midi_from, midi_s[-1] AS midi_to, audio_s[1] AS audio_from, audio_s[-1] AS audio_to
    FROM alignments
    JOIN pair USING (midi_id, audio_id)
),
lines AS (
    SELECT 1 AS block, 1 AS place, 'midi' AS section, midi_id AS name, midi_path AS value FROM pair
    UNION ALL
    SELECT 2, 1, 'audio', audio_id, audio_path FROM pair
    UNION ALL
    SELECT 3, 1, 'name', 'similarity', format('{:.4f}', similarity) FROM called
    UNION ALL
    SELECT
        3, 2, 'name', 'artist',
        CASE
            WHEN artist_similarity IS NULL THEN format('unknown: {} and {}', coalesce(midi_artist, '?'), coalesce(audio_artist, '?'))
            ELSE format('{:.4f}: {} and {}', artist_similarity, midi_artist, audio_artist)
        END
    FROM called
    UNION ALL
    SELECT 3, 3, 'name', 'title', format('{:.4f}: {} and {}', title_similarity, midi_title, audio_title) FROM called
    UNION ALL
    SELECT 3, 1, 'name', NULL, 'no names of theirs are alike' WHERE NOT EXISTS (SELECT 1 FROM called)
    UNION ALL
    SELECT 4, row_number() OVER (), 'match', name, value FROM facts
    UNION ALL
    SELECT 4, 1, 'match', NULL, 'no run has kept this pair' WHERE NOT EXISTS (SELECT 1 FROM found)
    UNION ALL
    SELECT 5, 10 * run_id + place, 'candidate', format('{}, run {}', stage, run_id), value FROM stages
    UNION ALL
    SELECT
        6, 1, 'alignment', format('{} points', n_points),
        format(
            '{:.3f} to {:.3f} s at {:.3f} to {:.3f} s of the recording, {:.4f} of its seconds a MIDI second',
            midi_from, midi_to, audio_from, audio_to,
            (audio_to - audio_from) / nullif(midi_to - midi_from, 0)
        )
    FROM path
    UNION ALL
    SELECT
        7, segment, 'segment', segment::VARCHAR,
        format(
            '{:.3f} to {:.3f} s at {:.3f} to {:.3f} s of the recording, confidence {:.4f}{}',
            midi_start_s, midi_end_s, audio_start_s, audio_end_s, confidence,
            CASE WHEN is_aligned THEN '' ELSE ', not aligned' END
        )
    FROM segments
    JOIN pair USING (midi_id, audio_id)
)
SELECT section, name, value
FROM lines
ORDER BY block, place;
