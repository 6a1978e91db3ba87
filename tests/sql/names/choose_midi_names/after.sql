SELECT midi_seq, artist, title FROM midi_items ORDER BY midi_seq;
