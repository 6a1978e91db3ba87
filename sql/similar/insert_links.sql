-- Purpose: add links between copies and versions; those that the other file has found already stay.
-- Reads:   new_links (registered by the caller)
-- Writes:  version_rows
INSERT INTO version_rows BY NAME
SELECT *
FROM new_links
WHERE NOT EXISTS (
    SELECT 1 FROM version_rows AS known
    WHERE known.midi_seq = new_links.other_seq AND known.other_seq = new_links.midi_seq
);
