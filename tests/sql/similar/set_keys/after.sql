SELECT midi_seq, chord_key, interval_key FROM midi_items ORDER BY midi_seq;
