-- From schema 3: matches keep the evidence for their confidence, alignments their segments. What older runs found
-- has none.

ALTER TABLE match_rows ADD COLUMN frame_cost DOUBLE;
ALTER TABLE match_rows ADD COLUMN hash_cost DOUBLE;
ALTER TABLE match_rows ADD COLUMN backward_cost DOUBLE;
ALTER TABLE match_rows ADD COLUMN usual_cost DOUBLE;
ALTER TABLE match_rows ADD COLUMN similarity DOUBLE;
ALTER TABLE match_rows ADD COLUMN usual_similarity DOUBLE;

CREATE TABLE segment_rows (
    run_id        BIGINT NOT NULL,
    midi_seq      BIGINT NOT NULL,
    audio_seq     BIGINT NOT NULL,
    segment       INTEGER NOT NULL,
    midi_start_s  DOUBLE NOT NULL,
    midi_end_s    DOUBLE NOT NULL,
    audio_start_s DOUBLE NOT NULL,
    audio_end_s   DOUBLE NOT NULL,
    is_aligned    BOOLEAN NOT NULL,
    confidence    DOUBLE NOT NULL
);
