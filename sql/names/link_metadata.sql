-- Purpose: join the entries of lists with files.
-- Reads:   midi_items
-- Writes:  names
UPDATE names SET item_seq = midi_seq FROM midi_items
WHERE source = 'metadata' AND item_seq IS NULL AND side = 'midi' AND md5 = midi_id;
