-- Purpose: remove what was found out about items that are there no more.
-- Reads:   midi_items, audio_items
-- Writes:  candidate_rows, candidate_cuts, match_rows, alignment_rows, segment_rows, version_rows,
--          version_coverage, cluster_rows
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
DELETE FROM version_rows
WHERE midi_seq NOT IN (SELECT midi_seq FROM midi_items) OR other_seq NOT IN (SELECT midi_seq FROM midi_items);
DELETE FROM version_coverage
WHERE midi_seq NOT IN (SELECT midi_seq FROM midi_items);
-- A cluster that lost a file is made anew by the next dedup.
DELETE FROM cluster_rows
WHERE midi_seq NOT IN (SELECT midi_seq FROM midi_items)
   OR "cluster" NOT IN (SELECT midi_seq FROM midi_items)
   OR representative_seq NOT IN (SELECT midi_seq FROM midi_items)
   OR nearest_seq NOT IN (SELECT midi_seq FROM midi_items);
