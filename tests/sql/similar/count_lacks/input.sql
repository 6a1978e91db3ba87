UPDATE midi_items SET chord_key = 'v1:ab' WHERE midi_seq = 1; UPDATE midi_items SET chord_key = 'v0:ab' WHERE midi_seq = 2;
