UPDATE midi_items SET chord_key = 'c' || (midi_seq // 3), interval_key = 'i';
