SELECT run_id, midi_from FROM coverage;
