-- Of the pairs at 0.6 the cheaper one is nearer; the one at 0.85 is out, and the limit leaves no place for that at 0.3.
UPDATE match_rows SET cost = 0.6, frame_cost = 0.5, backward_cost = 0.9 WHERE midi_seq = 4 AND audio_seq = 2;
