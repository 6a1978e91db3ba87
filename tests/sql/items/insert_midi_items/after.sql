SELECT * FROM midi_items WHERE midi_seq = 9;
