-- Purpose: remove the links of MIDI items that no comparison in force has compared.
-- Reads:   version_coverage
-- Writes:  version_rows
DELETE FROM version_rows
WHERE midi_seq NOT IN (SELECT midi_seq FROM version_coverage);
