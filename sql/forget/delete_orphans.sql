-- Purpose: remove what was found out about items that are there no more.
-- Reads:   midi_items, audio_items
-- Writes:  candidate_rows, candidate_cuts, match_rows, alignment_rows, segment_rows
DELETE FROM candidate_rows
WHERE midi_seq NOT IN (SELECT midi_seq FROM midi_items) OR audio_seq NOT IN (SELECT audio_seq FROM audio_items);
DELETE FROM candidate_cuts
WHERE midi_seq NOT IN (SELECT midi_seq FROM midi_items);
DELETE FROM match_rows
WHERE midi_seq NOT IN (SELECT midi_seq FROM midi_items) OR audio_seq NOT IN (SELECT audio_seq FROM audio_items);
DELETE FROM alignment_rows
WHERE midi_seq NOT IN (SELECT midi_seq FROM midi_items) OR audio_seq NOT IN (SELECT audio_seq FROM audio_items);
DELETE FROM segment_rows
WHERE midi_seq NOT IN (SELECT midi_seq FROM midi_items) OR audio_seq NOT IN (SELECT audio_seq FROM audio_items);
