SELECT * FROM version_coverage ORDER BY midi_seq;
