CREATE TABLE new_items AS
SELECT
    9 AS midi_seq, 'ee99' AS midi_id, 'Anna' AS artist, 1.5 AS duration_s, 3 AS n_notes, 1 AS n_tracks,
    1 AS n_instruments, false AS has_drums, 0 AS smf_format;
