-- Purpose: note which names have been compared.
-- Writes:  song_pair_coverage
-- Params:  $scorer, $midi_to, $audio_to (name_seq)
INSERT INTO song_pair_coverage VALUES ($scorer, $midi_to, $audio_to);
