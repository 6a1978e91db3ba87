-- Purpose: tell which names have been compared, and which there are.
-- Reads:   song_pair_coverage, names
-- Params:  $scorer
-- Returns: midi_done, audio_done, midi_last, audio_last (name_seq; 0 for none): one row
SELECT
    (SELECT coalesce(max(midi_to), 0) FROM song_pair_coverage WHERE scorer = $scorer) AS midi_done,
    (SELECT coalesce(max(audio_to), 0) FROM song_pair_coverage WHERE scorer = $scorer) AS audio_done,
    (SELECT coalesce(max(name_seq), 0) FROM names WHERE side = 'midi') AS midi_last,
    (SELECT coalesce(max(name_seq), 0) FROM names WHERE side = 'audio') AS audio_last;
