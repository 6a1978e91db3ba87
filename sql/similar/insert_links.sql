-- Purpose: add links between copies and versions; of two that say the same of two files, the first found stays.
-- Reads:   new_links (registered by the caller)
-- Writes:  version_rows
INSERT INTO version_rows BY NAME
SELECT *
FROM new_links
WHERE NOT EXISTS (
    SELECT 1 FROM version_rows AS known
    WHERE known.midi_seq = new_links.other_seq AND known.other_seq = new_links.midi_seq
)
AND NOT EXISTS (
    SELECT 1 FROM new_links AS first
    WHERE first.midi_seq = new_links.other_seq AND first.other_seq = new_links.midi_seq
      AND first.midi_seq > new_links.midi_seq  -- the one that came later asks
);
