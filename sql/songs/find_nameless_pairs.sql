-- Purpose: pair all songs whose artist is unknown on one side at least and whose titles, or title with artist, are the same.
-- Reads:   names, songs
-- Writes:  nameless_pairs (temporary)
CREATE OR REPLACE TEMP TABLE nameless_pairs AS
WITH sided AS (
    SELECT side, song_seq, artist_key, artist_run, replace(title_key, ' ', '') AS title_run
    FROM (SELECT DISTINCT side, song_seq FROM names WHERE song_seq IS NOT NULL)
    JOIN songs USING (song_seq)
),
nameless AS MATERIALIZED (
    SELECT side, song_seq, title_run AS run FROM sided WHERE artist_key = '' AND len(title_run) >= 6
),
runs AS (
    -- Where an artist is unknown the title must do, or hold the artist, too.
    SELECT side, song_seq, title_run AS run FROM sided
    UNION ALL
    SELECT side, song_seq, unnest([artist_run || title_run, title_run || artist_run]) FROM sided WHERE artist_key <> ''
),
met AS (
    SELECT nameless.song_seq AS midi_song, runs.song_seq AS audio_song
    FROM nameless
    JOIN runs USING (run)
    WHERE nameless.side = 'midi' AND runs.side = 'audio'
    UNION
    SELECT runs.song_seq, nameless.song_seq
    FROM nameless
    JOIN runs USING (run)
    WHERE nameless.side = 'audio' AND runs.side = 'midi'
)
SELECT *
FROM met
-- A title of many songs tells nothing.
QUALIFY count(*) OVER (PARTITION BY midi_song) <= 50 AND count(*) OVER (PARTITION BY audio_song) <= 50;
