"""Methods of ranking recordings for a MIDI file: the predecessors' and ours, behind one interface."""

__all__: list[str] = []
