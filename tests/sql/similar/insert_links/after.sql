SELECT midi_seq, other_seq, kind FROM version_rows ORDER BY midi_seq, other_seq;
