-- The catalog's tables. Rows of items have numbers (BIGINT, never used twice) and are known to users by
-- content (MD5 of the file's bytes). Bulk data lies in Parquet parts, which table `parts` names.

CREATE TABLE meta (
    key   VARCHAR PRIMARY KEY,
    value VARCHAR NOT NULL
);

CREATE TABLE counters (
    name       VARCHAR PRIMARY KEY,  -- midi_seq, audio_seq, window_id, path_seq, part_id, run_id, name_seq, song_seq
    next_value BIGINT NOT NULL       -- the first number not yet given out
);

CREATE TABLE midi_items (
    midi_seq      BIGINT PRIMARY KEY,
    midi_id       VARCHAR NOT NULL UNIQUE,  -- MD5 of the file's bytes, hexadecimal
    artist        VARCHAR,                  -- by the best of its names
    title         VARCHAR,
    duration_s    DOUBLE NOT NULL,          -- seconds, last event included
    n_notes       INTEGER NOT NULL,
    n_tracks      INTEGER NOT NULL,
    n_instruments INTEGER NOT NULL,         -- distinct (track, channel, program) that play
    has_drums     BOOLEAN NOT NULL,
    smf_format    SMALLINT NOT NULL,        -- 0, 1 or 2
    damage        VARCHAR,                  -- what the reader had to skip; NULL for a sound file
    chord_key     VARCHAR,                  -- fingerprint: the pitches, in order; NULL until described
    interval_key  VARCHAR                   -- the same in any key, without drums; NULL until described
);

CREATE TABLE audio_items (
    audio_seq   BIGINT PRIMARY KEY,
    audio_id    VARCHAR NOT NULL UNIQUE,    -- MD5 of the file's bytes, hexadecimal
    track_id    VARCHAR,                    -- a name from outside, such as the MSD's TR…
    artist      VARCHAR,                    -- by the best of its names
    title       VARCHAR,
    album       VARCHAR,
    duration_s  DOUBLE NOT NULL,            -- seconds
    sample_rate INTEGER NOT NULL,           -- hertz, of the file
    n_channels  SMALLINT NOT NULL,
    codec       VARCHAR NOT NULL,           -- such as MPEG_LAYER_III or PCM_16
    damage      VARCHAR                     -- what could not be decoded; NULL for a sound file
);

CREATE TABLE paths (
    path_seq   BIGINT PRIMARY KEY,          -- order of first sight
    kind       VARCHAR NOT NULL,            -- midi or audio
    path       VARCHAR NOT NULL,            -- absolute, escaped where not UTF-8; a.zip!/x.mid in an archive
    path_bytes BLOB NOT NULL,               -- the same as the file system spells it
    corpus     VARCHAR NOT NULL,
    item_seq   BIGINT NOT NULL,             -- midi_seq or audio_seq
    size       BIGINT NOT NULL,             -- bytes
    mtime_ns   BIGINT NOT NULL,             -- nanoseconds since 1970; of the archive for its members
    missing    BOOLEAN NOT NULL,            -- gone when its folder was last walked
    UNIQUE (kind, path)
);

CREATE TABLE failed_files (
    kind      VARCHAR NOT NULL,             -- midi or audio
    path      VARCHAR NOT NULL,
    corpus    VARCHAR NOT NULL,
    stage     VARCHAR NOT NULL,             -- read, parse or features
    reason    VARCHAR NOT NULL,
    size      BIGINT NOT NULL,              -- bytes
    mtime_ns  BIGINT NOT NULL,
    failed_at TIMESTAMP NOT NULL,           -- UTC
    PRIMARY KEY (kind, path, stage)
);

CREATE TABLE parts (
    part_id    BIGINT PRIMARY KEY,
    kind       VARCHAR NOT NULL,            -- notes, events, constant_q, hash_sequences or embeddings
    file       VARCHAR NOT NULL UNIQUE,     -- relative to the database's folder
    n_rows     BIGINT NOT NULL,
    n_bytes    BIGINT NOT NULL,
    sha256     VARCHAR NOT NULL,
    created_at TIMESTAMP NOT NULL           -- UTC
);

CREATE TABLE runs (
    run_id           BIGINT PRIMARY KEY,
    started_at       TIMESTAMP NOT NULL,    -- UTC
    finished_at      TIMESTAMP,             -- UTC; NULL while unfinished
    settings         VARCHAR NOT NULL,      -- JSON: what decides the outcome, models and versions included
    confidence_model VARCHAR NOT NULL,
    versions         VARCHAR NOT NULL       -- JSON: software that ran it
);

CREATE TABLE coverage (                     -- what has been compared, as ranges of numbers, both ends inclusive
    run_id     BIGINT NOT NULL,
    settings   VARCHAR NOT NULL,
    midi_from  BIGINT NOT NULL,
    midi_to    BIGINT NOT NULL,
    audio_from BIGINT NOT NULL,
    audio_to   BIGINT NOT NULL
);

CREATE TABLE candidate_rows (
    run_id    BIGINT NOT NULL,
    stage     VARCHAR NOT NULL,             -- text, embedding, hash or dtw
    midi_seq  BIGINT NOT NULL,
    audio_seq BIGINT NOT NULL,
    rank      INTEGER NOT NULL,             -- 1 = this MIDI's best within the stage
    value     DOUBLE NOT NULL               -- higher is better: cosine similarity (embedding), score (hash), 1 - cost (dtw)
);

CREATE TABLE candidate_cuts (
    run_id   BIGINT NOT NULL,
    stage    VARCHAR NOT NULL,
    midi_seq BIGINT NOT NULL,
    n_seen   BIGINT NOT NULL,
    n_kept   BIGINT NOT NULL,
    cut_off  DOUBLE                         -- value of the last one kept; NULL when none was kept
);

CREATE TABLE match_rows (
    run_id        BIGINT NOT NULL,
    midi_seq      BIGINT NOT NULL,
    audio_seq     BIGINT NOT NULL,
    cost          DOUBLE NOT NULL,          -- of the paths through frames and hashes; lower is better
    score         DOUBLE NOT NULL,          -- 0 to 1, of frames
    confidence    DOUBLE NOT NULL,          -- 0 to 1
    transposition INTEGER NOT NULL,         -- semitones by which the MIDI was raised to fit
    midi_start_s  DOUBLE NOT NULL,
    midi_end_s    DOUBLE NOT NULL,
    audio_start_s DOUBLE NOT NULL,
    audio_end_s   DOUBLE NOT NULL,
    -- Evidence for the confidence; NULL where unknown. Costs are those of paths, a cell over the mean of their block.
    frame_cost       DOUBLE,
    hash_cost        DOUBLE,
    backward_cost    DOUBLE,                -- by frames, with the recording played backwards
    usual_cost       DOUBLE,                -- by frames: the median of all pairs that were compared beside it
    similarity       DOUBLE,                -- of the nearest windows
    usual_similarity DOUBLE                 -- the median of the same pairs
);

CREATE TABLE alignment_rows (
    run_id    BIGINT NOT NULL,
    midi_seq  BIGINT NOT NULL,
    audio_seq BIGINT NOT NULL,
    midi_s    DOUBLE[] NOT NULL,            -- seconds, breakpoints of the path, never falling
    audio_s   DOUBLE[] NOT NULL,            -- seconds, same length
    refined   BOOLEAN NOT NULL              -- breakpoints are beginnings of notes; else of frames of 46 ms
);

CREATE TABLE segment_rows (                 -- what belongs together, of accepted pairs
    run_id        BIGINT NOT NULL,
    midi_seq      BIGINT NOT NULL,
    audio_seq     BIGINT NOT NULL,
    segment       INTEGER NOT NULL,         -- from 1, in the order of the recording
    midi_start_s  DOUBLE NOT NULL,
    midi_end_s    DOUBLE NOT NULL,
    audio_start_s DOUBLE NOT NULL,
    audio_end_s   DOUBLE NOT NULL,
    is_aligned    BOOLEAN NOT NULL,         -- the alignment goes through it
    confidence    DOUBLE NOT NULL           -- 0 to 1
);

-- What something says a file is: a list of metadata, the file's tags or texts, its path. They may disagree.
CREATE TABLE names (
    name_seq BIGINT PRIMARY KEY,
    side     VARCHAR NOT NULL,              -- midi or audio
    source   VARCHAR NOT NULL,              -- metadata, tags, texts or path
    item_seq BIGINT,                        -- midi_seq or audio_seq; NULL while no such file is here (metadata)
    artist   VARCHAR,
    title    VARCHAR,
    album    VARCHAR,
    song_seq BIGINT,                        -- the song so named; NULL until indexed, or without a title
    corpus   VARCHAR,                       -- of the list (metadata)
    list     VARCHAR,                       -- the list's file name (metadata)
    track_id VARCHAR,                       -- what the list calls the entry, such as the MSD's TR… (metadata)
    md5      VARCHAR,                       -- of the file's bytes, where the list says so (metadata)
    path     VARCHAR                        -- of the file: absolute (path), or as the list has it (metadata)
);

CREATE TABLE songs (                        -- names that differ in nothing but spelling; the four texts make the song
    song_seq   BIGINT PRIMARY KEY,
    artist_key VARCHAR NOT NULL,            -- its words, normalised, in order of the alphabet; empty if unknown
    artist_run VARCHAR NOT NULL,            -- the same run together, in the order of the names
    title_key  VARCHAR NOT NULL,            -- its words, normalised
    title_core VARCHAR NOT NULL             -- the same without what the names have in brackets
);

CREATE TABLE song_words (                   -- the inverted index
    word     VARCHAR NOT NULL,              -- of a key, or all words of a key run together
    field    VARCHAR NOT NULL,              -- artist or title
    song_seq BIGINT NOT NULL
);

CREATE TABLE song_pairs (                   -- songs on the two sides that are the same by their names
    midi_song         BIGINT NOT NULL,
    audio_song        BIGINT NOT NULL,
    similarity        DOUBLE NOT NULL,      -- 0 to 1
    artist_similarity DOUBLE,               -- 0 to 1; NULL where one of them names no artist
    title_similarity  DOUBLE NOT NULL,      -- 0 to 1
    PRIMARY KEY (midi_song, audio_song)
);

CREATE TABLE song_pair_coverage (           -- the names that have been compared, by number, both ends inclusive
    scorer   VARCHAR NOT NULL,              -- name and version of the similarity
    midi_to  BIGINT NOT NULL,               -- name_seq
    audio_to BIGINT NOT NULL                -- name_seq
);

-- MIDI files that were compared with each other, and are versions of one piece.
CREATE TABLE version_rows (
    midi_seq      BIGINT NOT NULL,          -- the one that came later
    other_seq     BIGINT NOT NULL,
    kind          VARCHAR NOT NULL,         -- identical notes, same performance re-exported, or version
    similarity    DOUBLE NOT NULL,          -- 0 to 1
    transposition INTEGER NOT NULL,         -- semitones by which the first was raised to fit
    tempo_ratio   DOUBLE NOT NULL,          -- how many times as fast as the first the other is
    matched       DOUBLE NOT NULL,          -- share of the notes of both that are the same
    start_s       DOUBLE NOT NULL,          -- the stretch that fits, in the first
    end_s         DOUBLE NOT NULL,
    other_start_s DOUBLE NOT NULL,          -- and in the other
    other_end_s   DOUBLE NOT NULL,
    PRIMARY KEY (midi_seq, other_seq)
);

CREATE TABLE version_coverage (             -- the MIDI files that have been compared with all before them
    midi_seq BIGINT PRIMARY KEY,
    settings VARCHAR NOT NULL               -- name and version of the comparison
);

CREATE TABLE cluster_rows (                 -- made anew of version_rows by every dedup
    cluster            BIGINT NOT NULL,     -- the least midi_seq in it
    midi_seq           BIGINT PRIMARY KEY,
    kind               VARCHAR NOT NULL,    -- representative, or what it is to the one it is nearest to
    representative_seq BIGINT NOT NULL,
    nearest_seq        BIGINT               -- of the cluster; NULL for the representative
);

CREATE TABLE vector_spaces (                -- vectors of other systems, under spaces/
    name       VARCHAR PRIMARY KEY,
    file       VARCHAR NOT NULL,            -- relative to the database's folder
    n_rows     BIGINT NOT NULL,
    dimension  INTEGER NOT NULL,
    sha256     VARCHAR NOT NULL,
    source     VARCHAR NOT NULL,            -- the file it was read from
    created_at TIMESTAMP NOT NULL           -- UTC
);

INSERT INTO counters VALUES
    ('midi_seq', 1), ('audio_seq', 1), ('window_id', 1), ('path_seq', 1), ('part_id', 1), ('run_id', 1),
    ('name_seq', 1), ('song_seq', 1);
