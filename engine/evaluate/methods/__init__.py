"""Methods of ranking recordings for a MIDI file: the predecessors' and ours, behind one interface."""
