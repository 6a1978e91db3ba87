SELECT midi_seq, other_seq FROM version_rows ORDER BY midi_seq;
