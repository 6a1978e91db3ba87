DELETE FROM notes_part WHERE midi_seq = 2;
