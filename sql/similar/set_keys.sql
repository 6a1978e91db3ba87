-- Purpose: set the fingerprints of MIDI items.
-- Reads:   new_keys (registered by the caller: midi_seq, chord_key, interval_key)
-- Writes:  midi_items
UPDATE midi_items
SET chord_key = new_keys.chord_key, interval_key = new_keys.interval_key
FROM new_keys
WHERE midi_items.midi_seq = new_keys.midi_seq;
