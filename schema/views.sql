-- Views for people. Made anew at every connection, over the tables and the views of parts
-- (notes_part, events_part, …), so a view can change without a migration.

CREATE OR REPLACE TEMP VIEW midi AS
SELECT
    item.midi_id, first.path, first.corpus, item.artist, item.title, item.duration_s, item.n_notes,
    item.n_instruments, item.has_drums, item.n_tracks, item.smf_format, item.damage, item.midi_seq
FROM midi_items AS item
LEFT JOIN (
    SELECT item_seq, arg_min(path, path_seq) AS path, arg_min(corpus, path_seq) AS corpus
    FROM paths WHERE kind = 'midi' GROUP BY item_seq
) AS first ON first.item_seq = item.midi_seq;

CREATE OR REPLACE TEMP VIEW audio AS
SELECT
    item.audio_id, item.track_id, first.path, first.corpus, item.artist, item.title, item.duration_s,
    item.sample_rate, item.n_channels, item.codec, item.damage, item.album, item.audio_seq
FROM audio_items AS item
LEFT JOIN (
    SELECT item_seq, arg_min(path, path_seq) AS path, arg_min(corpus, path_seq) AS corpus
    FROM paths WHERE kind = 'audio' GROUP BY item_seq
) AS first ON first.item_seq = item.audio_seq;

-- A pair counts by the latest run that compared it, also where that run did not keep it.
CREATE OR REPLACE TEMP VIEW current_matches AS
SELECT kept.*
FROM match_rows AS kept
WHERE NOT EXISTS (
    SELECT 1 FROM coverage AS later
    WHERE later.run_id > kept.run_id
      AND kept.midi_seq BETWEEN later.midi_from AND later.midi_to
      AND kept.audio_seq BETWEEN later.audio_from AND later.audio_to
);

CREATE OR REPLACE TEMP VIEW matches AS
SELECT
    midi.midi_id, audio.audio_id, midi.path AS midi_path, audio.path AS audio_path,
    -- by cost, which knows of hashes, too
    row_number() OVER (PARTITION BY pair.midi_seq ORDER BY pair.cost, pair.audio_seq) AS rank,
    row_number() OVER (PARTITION BY pair.audio_seq ORDER BY pair.cost, pair.midi_seq) AS audio_rank,
    pair.score, pair.confidence, pair.transposition, pair.midi_start_s, pair.midi_end_s,
    pair.audio_start_s, pair.audio_end_s, pair.run_id, pair.cost
FROM current_matches AS pair
JOIN midi USING (midi_seq)
JOIN audio USING (audio_seq);

-- Why a pair of `matches` has its confidence.
CREATE OR REPLACE TEMP VIEW evidence AS
SELECT
    midi.midi_id, audio.audio_id, pair.confidence, pair.frame_cost, pair.backward_cost, pair.usual_cost,
    pair.hash_cost, pair.similarity, pair.usual_similarity, pair.transposition, pair.run_id
FROM current_matches AS pair
JOIN midi_items AS midi USING (midi_seq)
JOIN audio_items AS audio USING (audio_seq);

CREATE OR REPLACE TEMP VIEW candidates AS
SELECT row.run_id, row.stage, midi.midi_id, audio.audio_id, row.rank, row.value
FROM candidate_rows AS row
JOIN midi_items AS midi USING (midi_seq)
JOIN audio_items AS audio USING (audio_seq);

CREATE OR REPLACE TEMP VIEW alignments AS
SELECT midi.midi_id, audio.audio_id, path.run_id, path.midi_s, path.audio_s, path.refined
FROM alignment_rows AS path
JOIN current_matches AS pair USING (run_id, midi_seq, audio_seq)
JOIN midi_items AS midi USING (midi_seq)
JOIN audio_items AS audio USING (audio_seq);

CREATE OR REPLACE TEMP VIEW segments AS
SELECT
    midi.midi_id, audio.audio_id, part.run_id, part.segment, part.midi_start_s, part.midi_end_s,
    part.audio_start_s, part.audio_end_s, part.is_aligned, part.confidence
FROM segment_rows AS part
JOIN current_matches AS pair USING (run_id, midi_seq, audio_seq)
JOIN midi_items AS midi USING (midi_seq)
JOIN audio_items AS audio USING (audio_seq);

-- Copies and versions among the MIDI files. Evidence is of the member and the nearest one.
CREATE OR REPLACE TEMP VIEW midi_clusters AS
SELECT
    leader.midi_id AS "cluster", item.midi_id AS member, item.path, row.kind, chosen.midi_id AS representative,
    nearest.midi_id AS nearest, link.similarity, link.matched,
    CASE WHEN link.midi_seq = row.midi_seq THEN link.transposition ELSE -link.transposition END AS transposition,
    CASE WHEN link.midi_seq = row.midi_seq THEN link.tempo_ratio ELSE 1 / link.tempo_ratio END AS tempo_ratio
FROM cluster_rows AS row
JOIN midi AS item USING (midi_seq)
JOIN midi_items AS leader ON leader.midi_seq = row."cluster"
JOIN midi_items AS chosen ON chosen.midi_seq = row.representative_seq
LEFT JOIN midi_items AS nearest ON nearest.midi_seq = row.nearest_seq
LEFT JOIN version_rows AS link
    ON (link.midi_seq = row.midi_seq AND link.other_seq = row.nearest_seq)
    OR (link.midi_seq = row.nearest_seq AND link.other_seq = row.midi_seq);

CREATE OR REPLACE TEMP VIEW failures AS
SELECT path, corpus, stage, reason, failed_at, kind FROM failed_files;

CREATE OR REPLACE TEMP VIEW notes AS
SELECT
    item.midi_id, note.track, note.program, note.is_drum, note.pitch, note.velocity, note.start_s, note.end_s
FROM notes_part AS note
JOIN midi_items AS item USING (midi_seq);

-- One row a tempo, time signature, key signature or text of any kind in a MIDI file.
CREATE OR REPLACE TEMP VIEW events AS
SELECT item.midi_id, event.kind, event.track, event.time_s, event.value, event.text, event.raw
FROM events_part AS event
JOIN midi_items AS item USING (midi_seq);

CREATE OR REPLACE TEMP VIEW tempos AS
SELECT midi_id, time_s, value AS beats_per_minute FROM events WHERE kind = 'tempo';

CREATE OR REPLACE TEMP VIEW lyrics AS
SELECT midi_id, track, time_s, text, raw FROM events WHERE kind = 'lyric';

-- Marks are accents, or sounds: é is e to who seeks it, but दिल is not दल, nor かぎ かき. They go from scripts that are
-- written without them, too, and stay elsewhere, sign by sign.
CREATE OR REPLACE TEMP MACRO needs_marks(name) AS
    regexp_matches(name, '[^\p{Common}\p{Inherited}\p{Latin}\p{Greek}\p{Cyrillic}\p{Hebrew}\p{Arabic}\p{Han}]');

CREATE OR REPLACE TEMP MACRO strip_marks(name) AS
    CASE
        WHEN NOT needs_marks(name) THEN strip_accents(name)
        ELSE array_to_string([
            CASE WHEN needs_marks(sign) THEN sign ELSE strip_accents(sign) END
            FOR sign IN string_split(nfc_normalize(name), '')
        ], '')
    END;

-- How names are compared: letters first (case, accents, wide forms), while brackets and commas still tell something …
CREATE OR REPLACE TEMP MACRO fold_letters(name) AS
    CASE
        WHEN strlen(name) = len(name) THEN lower(name)  -- ASCII: the rest takes ten times as long
        ELSE translate(
            replace(replace(replace(replace(strip_marks(lower(name)), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
            'øłđðıŋ’‘´＇（）［］！？，．：；＆－～　ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ０１２３４５６７８９',
            'olddin''''''''()[]!?,.:;&-~ abcdefghijklmnopqrstuvwxyz0123456789'
        )
    END;

-- … then contractions and single letters join, until T.L.C. is tlc and "don t" dont …
-- < and > stand around single letters and digits meanwhile: the patterns know no look-ahead.
CREATE OR REPLACE TEMP MACRO join_letters(name) AS
    regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
        name,
        '\b([a-z]{2,}) (s|t)\b', '\1\2', 'g'),
        '\b(i|you|we|they|he|she|it|that|there|who|what) (m|re|ve|ll|d)\b', '\1\2', 'g'),
        '\b([a-z0-9])\b', '<\1>', 'g'),
        '> +<', '', 'g'),
        '[<>]', '', 'g');

-- … and numbers of parts are written alike.
CREATE OR REPLACE TEMP MACRO fold_parts(name) AS
    CASE
        WHEN regexp_matches(name, '\b(pts?|prt|parts?)\b') THEN
            regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
                name,
                '\b(pt|prt|pts|parts)\b', 'part', 'g'),
                '\bpart (one|i)\b', 'part 1', 'g'),
                '\bpart (two|ii)\b', 'part 2', 'g'),
                '\bpart (three|iii)\b', 'part 3', 'g'),
                '\bpart (four|iv)\b', 'part 4', 'g'),
                '\bpart (vi)\b', 'part 6', 'g')
        ELSE name
    END;

-- Words with one space between them: rock 'n' roll is rock roll, 夜曲 is 夜 曲.
CREATE OR REPLACE TEMP MACRO fold_words(letters) AS
    trim(regexp_replace(regexp_replace(fold_parts(join_letters(
        regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
            letters,
            '(''n''|(^|\s)''n\b|\bn''(\s|$)|&|\+)', ' and ', 'g'),
            '[''`]', '', 'g'),
            '[^\pL\pM\pN ]+', ' ', 'g'),
            '([\p{Han}\p{Hiragana}\p{Katakana}]\pM*)', ' \1 ', 'g'),
            '  +', ' ', 'g')
        )),
        '\b(and|n|und)\b', ' ', 'g'),
        '  +', ' ', 'g'));

-- The number that ends a title, as of a sequel; not of a part, opus or the like.
CREATE OR REPLACE TEMP MACRO find_sequel(title_key) AS
    CASE
        WHEN NOT regexp_matches(title_key, '\b(part|no|nr|op|opus|bwv|k|kv|chapter|vol|volume|take) \S+$')
            THEN nullif(regexp_extract(title_key, ' (\d|ii|iii|iv|v|vi)$', 1), '')
    END;

-- What one song is called, over all names that differ in nothing but spelling, by lists, tags, texts and paths.
CREATE OR REPLACE TEMP VIEW song_groups AS
SELECT
    min(song_seq) AS song_seq, arg_max(artist, (n_names, -name_seq)) AS artist,
    arg_max(title, (n_names, -name_seq)) AS title, max(n_midi)::BIGINT AS n_midi, max(n_audio)::BIGINT AS n_audio
FROM (
    -- words in another order, or in brackets, are compared for themselves, and are spelling all the same
    SELECT
        artist_key, title_key, artist, title, min(song_seq) AS song_seq, count(*) AS n_names, min(name_seq) AS name_seq
    FROM names
    JOIN songs USING (song_seq)
    GROUP BY artist_key, title_key, artist, title
)
JOIN (
    -- an entry of a list whose file is not here counts, too
    SELECT
        artist_key, title_key, count(DISTINCT coalesce(item_seq, -name_seq)) FILTER (side = 'midi') AS n_midi,
        count(DISTINCT coalesce(item_seq, -name_seq)) FILTER (side = 'audio') AS n_audio
    FROM names
    JOIN songs USING (song_seq)
    GROUP BY artist_key, title_key
) USING (artist_key, title_key)
GROUP BY artist_key, title_key;

CREATE OR REPLACE TEMP VIEW name_matches AS
SELECT
    coalesce(midi_items.midi_id, midi.md5) AS midi_id, midi.artist AS midi_artist, midi.title AS midi_title,
    audio_items.audio_id, coalesce(audio_items.track_id, audio.track_id) AS track_id,
    audio.artist AS audio_artist, audio.title AS audio_title,
    pair.similarity, pair.artist_similarity, pair.title_similarity
FROM song_pairs AS pair
JOIN names AS midi ON midi.song_seq = pair.midi_song AND midi.side = 'midi'
JOIN names AS audio ON audio.song_seq = pair.audio_song AND audio.side = 'audio'
LEFT JOIN midi_items ON midi_items.midi_seq = midi.item_seq
LEFT JOIN audio_items ON audio_items.audio_seq = audio.item_seq
-- a pair of files, or entries, by the names that are most alike
QUALIFY row_number() OVER (
    PARTITION BY coalesce(midi.item_seq, -midi.name_seq), coalesce(audio.item_seq, -audio.name_seq)
    ORDER BY pair.similarity DESC, midi.name_seq, audio.name_seq
) = 1;
