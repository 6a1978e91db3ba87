DELETE FROM midi_items WHERE midi_seq = 1;
