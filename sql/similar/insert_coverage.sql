-- Purpose: remember which MIDI items have been compared with the others.
-- Reads:   new_coverage (registered by the caller: midi_seq, settings)
-- Writes:  version_coverage
INSERT INTO version_coverage BY NAME
SELECT * FROM new_coverage;
