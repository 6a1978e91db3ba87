-- What the views and their columns hold, for duckdb_views() and duckdb_columns(); docs/views.md is made of it.
-- Run before a question is asked, over the views of views.sql.

COMMENT ON VIEW midi IS 'A MIDI item: one content, however many paths lead to it.';
COMMENT ON COLUMN midi.midi_id IS 'MD5 of the file''s bytes, hexadecimal.';
COMMENT ON COLUMN midi.path IS 'Path seen first: absolute, escaped where it is not UTF-8; a.zip!/x.mid in an archive. All are in the table paths.';
COMMENT ON COLUMN midi.corpus IS 'Corpus of that path; the folder''s name, unless --corpus gave another.';
COMMENT ON COLUMN midi.artist IS 'By the best of its names (see the table names): metadata, then the path, then texts in the file. NULL if nothing says.';
COMMENT ON COLUMN midi.title IS 'By the best of its names, as artist.';
COMMENT ON COLUMN midi.duration_s IS 'Seconds, last event included.';
COMMENT ON COLUMN midi.n_notes IS 'Notes, drums included.';
COMMENT ON COLUMN midi.n_instruments IS 'Distinct (track, channel, program) that play.';
COMMENT ON COLUMN midi.has_drums IS 'Whether the percussion channel plays.';
COMMENT ON COLUMN midi.n_tracks IS 'Track chunks of the file.';
COMMENT ON COLUMN midi.smf_format IS 'Format of the Standard MIDI File: 0, 1 or 2.';
COMMENT ON COLUMN midi.damage IS 'What the reader had to skip; NULL for a sound file.';
COMMENT ON COLUMN midi.midi_seq IS 'Number of the item in the tables.';

COMMENT ON VIEW audio IS 'A recording: one content, however many paths lead to it.';
COMMENT ON COLUMN audio.audio_id IS 'MD5 of the file''s bytes, hexadecimal.';
COMMENT ON COLUMN audio.track_id IS 'What a list of metadata calls it, such as the Million Song Dataset''s TR…; NULL if none does.';
COMMENT ON COLUMN audio.path IS 'Path seen first: absolute, escaped where it is not UTF-8; a.zip!/x.mp3 in an archive. All are in the table paths.';
COMMENT ON COLUMN audio.corpus IS 'Corpus of that path; the folder''s name, unless --corpus gave another.';
COMMENT ON COLUMN audio.artist IS 'By the best of its names (see the table names): metadata, then tags, then the path. NULL if nothing says.';
COMMENT ON COLUMN audio.title IS 'By the best of its names, as artist.';
COMMENT ON COLUMN audio.duration_s IS 'Seconds.';
COMMENT ON COLUMN audio.sample_rate IS 'Hertz, of the file.';
COMMENT ON COLUMN audio.n_channels IS 'Channels of the file.';
COMMENT ON COLUMN audio.codec IS 'Such as MPEG_LAYER_III or PCM_16.';
COMMENT ON COLUMN audio.damage IS 'What could not be decoded; NULL for a sound file.';
COMMENT ON COLUMN audio.album IS 'By the best of its names, as artist.';
COMMENT ON COLUMN audio.audio_seq IS 'Number of the item in the tables.';

COMMENT ON VIEW matches IS 'A pair that the last stage rescored and kept, by the latest run that compared it.';
COMMENT ON COLUMN matches.midi_id IS 'The MIDI item, as in midi.';
COMMENT ON COLUMN matches.audio_id IS 'The recording, as in audio.';
COMMENT ON COLUMN matches.midi_path IS 'Path of the MIDI item, as in midi.';
COMMENT ON COLUMN matches.audio_path IS 'Path of the recording, as in audio.';
COMMENT ON COLUMN matches.rank IS '1 = this MIDI item''s best recording, by cost.';
COMMENT ON COLUMN matches.audio_rank IS '1 = this recording''s best MIDI item, by cost.';
COMMENT ON COLUMN matches.score IS '0 to 1, higher is better: clip(2 (1 - cost), 0, 1) of the path through frames alone. 0.5 and more is rare by chance.';
COMMENT ON COLUMN matches.confidence IS 'The probability, by the evidence, that both are one composition; runs.confidence_model names the model. From 0.5 on, unless match was told otherwise, the pair is accepted.';
COMMENT ON COLUMN matches.transposition IS 'Semitones by which the MIDI was raised to fit.';
COMMENT ON COLUMN matches.midi_start_s IS 'Seconds into the MIDI file where the part that fits begins.';
COMMENT ON COLUMN matches.midi_end_s IS 'Seconds into the MIDI file where it ends.';
COMMENT ON COLUMN matches.audio_start_s IS 'Seconds into the recording where the part that fits begins.';
COMMENT ON COLUMN matches.audio_end_s IS 'Seconds into the recording where it ends.';
COMMENT ON COLUMN matches.run_id IS 'The run that compared them, as in the table runs.';
COMMENT ON COLUMN matches.cost IS 'Costs of the paths through frames (two thirds) and hashes (one third), as a geometric mean; each is the cost a cell over the mean cost of the block that the path crosses. Lower is better; pairs are ranked by it.';

COMMENT ON VIEW evidence IS 'Why a pair of matches has its confidence; NULL where a run did not ask. Costs are those of a path a cell, over the mean cost of the block that it crosses.';
COMMENT ON COLUMN evidence.midi_id IS 'The MIDI item, as in midi.';
COMMENT ON COLUMN evidence.audio_id IS 'The recording, as in audio.';
COMMENT ON COLUMN evidence.confidence IS 'As in matches.';
COMMENT ON COLUMN evidence.frame_cost IS 'Of the path through constant-Q frames. Lower is better.';
COMMENT ON COLUMN evidence.backward_cost IS 'The same with the recording played backwards: the same notes and chords, but not the same music. Far above frame_cost for a right pair.';
COMMENT ON COLUMN evidence.usual_cost IS 'The median of frame_cost over all recordings that the MIDI item was compared with, fewer than eight do not tell. Far above frame_cost for a right pair.';
COMMENT ON COLUMN evidence.hash_cost IS 'Of the path through hashes. Lower is better.';
COMMENT ON COLUMN evidence.similarity IS 'Cosine similarity of the nearest windows; NULL where nothing was pruned by windows.';
COMMENT ON COLUMN evidence.usual_similarity IS 'The median of similarity over the same recordings.';
COMMENT ON COLUMN evidence.transposition IS 'Semitones, as in matches.';
COMMENT ON COLUMN evidence.run_id IS 'As in matches.';

COMMENT ON VIEW candidates IS 'A pair that a stage of the cascade kept, in any run; or a score that came with a Lakh MIDI Dataset (stage lmd).';
COMMENT ON COLUMN candidates.run_id IS 'The run, as in the table runs.';
COMMENT ON COLUMN candidates.stage IS 'text (names), embedding (window vectors), hash (hash DTW) or dtw (constant-Q DTW); lmd (brought in by ingest lmd).';
COMMENT ON COLUMN candidates.midi_id IS 'The MIDI item, as in midi.';
COMMENT ON COLUMN candidates.audio_id IS 'The recording, as in audio.';
COMMENT ON COLUMN candidates.rank IS '1 = this MIDI item''s best recording within the stage.';
COMMENT ON COLUMN candidates.value IS 'Higher is better: similarity of the names (text, 0 to 1), cosine similarity (embedding), score (hash and lmd, 0 to 1), 1 - cost (dtw).';

COMMENT ON VIEW alignments IS 'The path of an accepted pair, by the latest run that compared it.';
COMMENT ON COLUMN alignments.midi_id IS 'The MIDI item, as in midi.';
COMMENT ON COLUMN alignments.audio_id IS 'The recording, as in audio.';
COMMENT ON COLUMN alignments.run_id IS 'The run, as in the table runs.';
COMMENT ON COLUMN alignments.midi_s IS 'Seconds into the MIDI file, a breakpoint of the path each, never falling.';
COMMENT ON COLUMN alignments.audio_s IS 'Seconds into the recording at the same breakpoints; straight lines between them.';
COMMENT ON COLUMN alignments.refined IS 'Whether breakpoints are the beginnings of notes, to some 10 ms; else the recording could not be read again, and they come of frames of 46 ms.';

COMMENT ON VIEW song_groups IS 'A song: all names that differ in nothing but spelling, of MIDI files, recordings and entries of lists.';
COMMENT ON COLUMN song_groups.song_seq IS 'The song''s number, as in the table names: the first, where words in another order or in brackets have made several.';
COMMENT ON COLUMN song_groups.artist IS 'The artist in the commonest spelling, where a name has one.';
COMMENT ON COLUMN song_groups.title IS 'The title in the commonest spelling.';
COMMENT ON COLUMN song_groups.n_midi IS 'MIDI files so named, and entries of lists whose files are not here.';
COMMENT ON COLUMN song_groups.n_audio IS 'Recordings so named, and entries of lists whose files are not here.';

COMMENT ON VIEW name_matches IS 'A MIDI file and a recording that are the same song by their names, whether their files are here or only lists tell of them.';
COMMENT ON COLUMN name_matches.midi_id IS 'The MIDI item, as in midi; of an entry whose file is not here the MD5 that the list gives.';
COMMENT ON COLUMN name_matches.midi_artist IS 'Artist, as the name that matched has it.';
COMMENT ON COLUMN name_matches.midi_title IS 'Title, as the name that matched has it.';
COMMENT ON COLUMN name_matches.audio_id IS 'The recording, as in audio; NULL while its file is not here.';
COMMENT ON COLUMN name_matches.track_id IS 'What a list calls the recording, such as the MSD''s TR….';
COMMENT ON COLUMN name_matches.audio_artist IS 'Artist, as the name that matched has it.';
COMMENT ON COLUMN name_matches.audio_title IS 'Title, as the name that matched has it.';
COMMENT ON COLUMN name_matches.similarity IS 'Of the names, 0 to 1: 0.4 of the artists'' and 0.6 of the titles''; 0.8 where an artist is unknown.';
COMMENT ON COLUMN name_matches.artist_similarity IS 'Of the artists, 0 to 1; NULL where one is unknown.';
COMMENT ON COLUMN name_matches.title_similarity IS 'Of the titles, 0 to 1.';

COMMENT ON VIEW segments IS 'A part of the MIDI item of an accepted pair and the part of the recording that it is; several where verses were left out, repeated or put in.';
COMMENT ON COLUMN segments.midi_id IS 'The MIDI item, as in midi.';
COMMENT ON COLUMN segments.audio_id IS 'The recording, as in audio.';
COMMENT ON COLUMN segments.run_id IS 'The run that found it, as in the table runs.';
COMMENT ON COLUMN segments.segment IS 'Number within the pair, from 1, in the order of the recording.';
COMMENT ON COLUMN segments.midi_start_s IS 'Seconds into the MIDI file where the part begins.';
COMMENT ON COLUMN segments.midi_end_s IS 'Seconds into the MIDI file where it ends.';
COMMENT ON COLUMN segments.audio_start_s IS 'Seconds into the recording where the part begins.';
COMMENT ON COLUMN segments.audio_end_s IS 'Seconds into the recording where it ends.';
COMMENT ON COLUMN segments.is_aligned IS 'The alignment goes through it; false where it would have to step back, as at a verse that is played twice.';
COMMENT ON COLUMN segments.confidence IS 'The probability that the two parts are the same music, by themselves.';

COMMENT ON VIEW midi_clusters IS 'A MIDI item that has copies or versions, as the last dedup found them.';
COMMENT ON COLUMN midi_clusters."cluster" IS 'Name of what belongs together: the midi_id of the item that came first.';
COMMENT ON COLUMN midi_clusters.member IS 'The MIDI item: its midi_id.';
COMMENT ON COLUMN midi_clusters.path IS 'Its path, as in midi.';
COMMENT ON COLUMN midi_clusters.kind IS 'representative, or what the item is to the nearest one: identical notes, same performance re-exported (in another key or at another tempo, perhaps) or version.';
COMMENT ON COLUMN midi_clusters.representative IS 'The midi_id of the item that stands for the cluster: undamaged, with the most notes.';
COMMENT ON COLUMN midi_clusters.nearest IS 'The midi_id of the item that it is most like, on the way to the representative; NULL for that one itself.';
COMMENT ON COLUMN midi_clusters.similarity IS 'Of both, 0 to 1.';
COMMENT ON COLUMN midi_clusters.matched IS 'Share of the notes of both that are the same, transposed.';
COMMENT ON COLUMN midi_clusters.transposition IS 'Semitones by which the item is raised to fit the nearest one.';
COMMENT ON COLUMN midi_clusters.tempo_ratio IS 'How many times as fast as the item the nearest one is.';

COMMENT ON VIEW failures IS 'A file that could not be used.';
COMMENT ON COLUMN failures.path IS 'Absolute, escaped where it is not UTF-8.';
COMMENT ON COLUMN failures.corpus IS 'The corpus it would have joined.';
COMMENT ON COLUMN failures.stage IS 'Where it failed: read, parse or features.';
COMMENT ON COLUMN failures.reason IS 'What was wrong with it.';
COMMENT ON COLUMN failures.failed_at IS 'When, UTC.';
COMMENT ON COLUMN failures.kind IS 'midi or audio.';

COMMENT ON VIEW notes IS 'A note of a MIDI item.';
COMMENT ON COLUMN notes.midi_id IS 'The MIDI item, as in midi.';
COMMENT ON COLUMN notes.track IS 'Track chunk of the file, from 0.';
COMMENT ON COLUMN notes.program IS 'General MIDI program, from 0: 0 is a grand piano, 40 a violin.';
COMMENT ON COLUMN notes.is_drum IS 'Whether it is on the percussion channel, where pitch names a drum.';
COMMENT ON COLUMN notes.pitch IS 'MIDI note number: 60 is middle C, 69 is 440 Hz.';
COMMENT ON COLUMN notes.velocity IS 'How hard it is struck, 1 to 127.';
COMMENT ON COLUMN notes.start_s IS 'Seconds into the MIDI file.';
COMMENT ON COLUMN notes.end_s IS 'Seconds into the MIDI file; the damper pedal is left out.';

COMMENT ON VIEW events IS 'A tempo, time signature, key signature or text of a MIDI item.';
COMMENT ON COLUMN events.midi_id IS 'The MIDI item, as in midi.';
COMMENT ON COLUMN events.kind IS 'tempo, time_signature, key_signature, or a kind of text: text, copyright, track_name, instrument_name, lyric, marker, cue, program_name, device_name.';
COMMENT ON COLUMN events.track IS 'Track chunk of the file, from 0, for texts; NULL for the others.';
COMMENT ON COLUMN events.time_s IS 'Seconds into the MIDI file.';
COMMENT ON COLUMN events.value IS 'Beats (quarter notes) a minute, for tempo; NULL for the others.';
COMMENT ON COLUMN events.text IS 'A signature such as 3/4 or F# minor, or the text, decoded; NULL for tempo.';
COMMENT ON COLUMN events.raw IS 'The bytes of a text as they stand in the file; NULL for the others.';

COMMENT ON VIEW tempos IS 'A tempo of a MIDI item, in force until the next one.';
COMMENT ON COLUMN tempos.midi_id IS 'The MIDI item, as in midi.';
COMMENT ON COLUMN tempos.time_s IS 'Seconds into the MIDI file.';
COMMENT ON COLUMN tempos.beats_per_minute IS 'Quarter notes a minute.';

COMMENT ON VIEW lyrics IS 'A lyric event of a MIDI item, often a syllable.';
COMMENT ON COLUMN lyrics.midi_id IS 'The MIDI item, as in midi.';
COMMENT ON COLUMN lyrics.track IS 'Track chunk of the file, from 0.';
COMMENT ON COLUMN lyrics.time_s IS 'Seconds into the MIDI file.';
COMMENT ON COLUMN lyrics.text IS 'The text, decoded.';
COMMENT ON COLUMN lyrics.raw IS 'Its bytes as they stand in the file.';

-- Under the views: for those who read features in bulk, by the numbers of items.

COMMENT ON VIEW current_matches IS 'The rows under matches, by the numbers of the items.';
COMMENT ON COLUMN current_matches.run_id IS 'The run that compared them, as in the table runs.';
COMMENT ON COLUMN current_matches.midi_seq IS 'The MIDI item''s number, as in midi.';
COMMENT ON COLUMN current_matches.audio_seq IS 'The recording''s number, as in audio.';
COMMENT ON COLUMN current_matches.cost IS 'As in matches.';
COMMENT ON COLUMN current_matches.score IS 'As in matches.';
COMMENT ON COLUMN current_matches.confidence IS 'As in matches.';
COMMENT ON COLUMN current_matches.transposition IS 'Semitones, as in matches.';
COMMENT ON COLUMN current_matches.midi_start_s IS 'Seconds, as in matches.';
COMMENT ON COLUMN current_matches.midi_end_s IS 'Seconds, as in matches.';
COMMENT ON COLUMN current_matches.audio_start_s IS 'Seconds, as in matches.';
COMMENT ON COLUMN current_matches.audio_end_s IS 'Seconds, as in matches.';
COMMENT ON COLUMN current_matches.frame_cost IS 'As in evidence.';
COMMENT ON COLUMN current_matches.hash_cost IS 'As in evidence.';
COMMENT ON COLUMN current_matches.backward_cost IS 'As in evidence.';
COMMENT ON COLUMN current_matches.usual_cost IS 'As in evidence.';
COMMENT ON COLUMN current_matches.similarity IS 'As in evidence.';
COMMENT ON COLUMN current_matches.usual_similarity IS 'As in evidence.';

COMMENT ON VIEW notes_part IS 'The rows under notes; those of items that were forgotten may still be among them.';
COMMENT ON COLUMN notes_part.midi_seq IS 'The MIDI item''s number, as in midi.';
COMMENT ON COLUMN notes_part.track IS 'As in notes.';
COMMENT ON COLUMN notes_part.program IS 'As in notes.';
COMMENT ON COLUMN notes_part.is_drum IS 'As in notes.';
COMMENT ON COLUMN notes_part.pitch IS 'As in notes.';
COMMENT ON COLUMN notes_part.velocity IS 'As in notes.';
COMMENT ON COLUMN notes_part.start_s IS 'Seconds, as in notes.';
COMMENT ON COLUMN notes_part.end_s IS 'Seconds, as in notes.';

COMMENT ON VIEW events_part IS 'The rows under events; those of items that were forgotten may still be among them.';
COMMENT ON COLUMN events_part.midi_seq IS 'The MIDI item''s number, as in midi.';
COMMENT ON COLUMN events_part.kind IS 'As in events.';
COMMENT ON COLUMN events_part.track IS 'As in events.';
COMMENT ON COLUMN events_part.time_s IS 'Seconds, as in events.';
COMMENT ON COLUMN events_part.value IS 'As in events.';
COMMENT ON COLUMN events_part.text IS 'As in events.';
COMMENT ON COLUMN events_part.raw IS 'As in events.';

COMMENT ON VIEW constant_q_part IS 'The constant-Q magnitudes of an item.';
COMMENT ON COLUMN constant_q_part.side IS 'midi or audio.';
COMMENT ON COLUMN constant_q_part.item_seq IS 'The item''s number: midi_seq or audio_seq.';
COMMENT ON COLUMN constant_q_part.version IS 'Version of the feature; others are not comparable.';
COMMENT ON COLUMN constant_q_part.n_frames IS 'Frames, of 1024 samples at 22 050 Hz (46.4 ms) each.';
COMMENT ON COLUMN constant_q_part.reference_db IS 'Decibels: level of the value 255. The value 0 is 80 dB below.';
COMMENT ON COLUMN constant_q_part.frames IS 'Magnitudes as uint8, frame by frame: 72 semitones from MIDI note 24 in each.';

COMMENT ON VIEW hash_sequences_part IS 'The hash sequence of an item.';
COMMENT ON COLUMN hash_sequences_part.side IS 'midi or audio.';
COMMENT ON COLUMN hash_sequences_part.item_seq IS 'The item''s number: midi_seq or audio_seq.';
COMMENT ON COLUMN hash_sequences_part.version IS 'Name and version of the model; others are not comparable.';
COMMENT ON COLUMN hash_sequences_part.hashes IS 'Hashes of 32 bits, in time; compared by the bits that differ.';

COMMENT ON VIEW embeddings_part IS 'The vector of a window of 30 s of an item.';
COMMENT ON COLUMN embeddings_part.window_id IS 'Number of the window.';
COMMENT ON COLUMN embeddings_part.side IS 'midi or audio.';
COMMENT ON COLUMN embeddings_part.item_seq IS 'The item''s number: midi_seq or audio_seq.';
COMMENT ON COLUMN embeddings_part.version IS 'Name and version of the model; others are not comparable.';
COMMENT ON COLUMN embeddings_part.start_frame IS 'First frame of the window, of 46.4 ms each.';
COMMENT ON COLUMN embeddings_part.vector IS 'Unit norm; compared by cosine similarity.';

COMMENT ON VIEW note_slices_part IS 'Notes, drums and tracks of MIDI items as they are compared with each other: what begins together is a slice.';
COMMENT ON COLUMN note_slices_part.midi_seq IS 'The MIDI item''s number, as in midi.';
COMMENT ON COLUMN note_slices_part.version IS 'Name and version of the slices; others are not comparable.';
COMMENT ON COLUMN note_slices_part.voice IS 'notes (those with a pitch), drums, or track 1 to track 4: the tracks with the most notes, each by itself.';
COMMENT ON COLUMN note_slices_part.times_s IS 'Seconds at which slices begin.';
COMMENT ON COLUMN note_slices_part.frames IS 'Slice by slice 48 bytes: what sounds, what begins, the highest and the lowest that begins; twelve pitch classes, or kinds of drums, each.';

COMMENT ON VIEW note_windows_part IS 'The vector of a window of slices, or of 16 s, of a MIDI item; the same in every key.';
COMMENT ON COLUMN note_windows_part.midi_seq IS 'The MIDI item''s number, as in midi.';
COMMENT ON COLUMN note_windows_part.version IS 'Name and version of the vectors; others are not comparable.';
COMMENT ON COLUMN note_windows_part.space IS 'notes, drums or tracks, of slices; times, of notes in seconds.';
COMMENT ON COLUMN note_windows_part."window" IS 'Number of the window within the item and space, from 0; of the second track from 256, and so on.';
COMMENT ON COLUMN note_windows_part.vector IS 'Unit norm; compared by cosine similarity.';
