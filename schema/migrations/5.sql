-- From schema 4: MIDI files are compared with each other. What these comparisons need of the files that are
-- there already, `lmdb embed` makes of their notes.

ALTER TABLE midi_items ADD COLUMN chord_key VARCHAR;
ALTER TABLE midi_items ADD COLUMN interval_key VARCHAR;

CREATE TABLE version_rows (
    midi_seq      BIGINT NOT NULL,
    other_seq     BIGINT NOT NULL,
    kind          VARCHAR NOT NULL,
    similarity    DOUBLE NOT NULL,
    transposition INTEGER NOT NULL,
    tempo_ratio   DOUBLE NOT NULL,
    matched       DOUBLE NOT NULL,
    start_s       DOUBLE NOT NULL,
    end_s         DOUBLE NOT NULL,
    other_start_s DOUBLE NOT NULL,
    other_end_s   DOUBLE NOT NULL,
    PRIMARY KEY (midi_seq, other_seq)
);

CREATE TABLE version_coverage (
    midi_seq BIGINT PRIMARY KEY,
    settings VARCHAR NOT NULL
);

CREATE TABLE cluster_rows (
    cluster            BIGINT NOT NULL,
    midi_seq           BIGINT PRIMARY KEY,
    kind               VARCHAR NOT NULL,
    representative_seq BIGINT NOT NULL,
    nearest_seq        BIGINT
);

CREATE TABLE vector_spaces (
    name       VARCHAR PRIMARY KEY,
    file       VARCHAR NOT NULL,
    n_rows     BIGINT NOT NULL,
    dimension  INTEGER NOT NULL,
    sha256     VARCHAR NOT NULL,
    source     VARCHAR NOT NULL,
    created_at TIMESTAMP NOT NULL
);
