-- From schema 1: what files are called, and songs found by their names; damaged recordings are marked.

ALTER TABLE audio_items ADD COLUMN damage VARCHAR;

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

INSERT INTO counters VALUES ('name_seq', 1), ('song_seq', 1);
