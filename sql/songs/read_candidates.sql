-- Purpose: read a slice of the candidates whose titles are to be compared.
-- Reads:   song_candidates (temporary), chosen_songs (temporary)
-- Params:  $place_from, $place_to (both inclusive)
-- Returns: midi_song, audio_song, artist_similarity, and of both sides key, core, run and content of the title
SELECT
    midi_song, audio_song, artist_similarity,
    midi.title_key AS midi_key, midi.title_core AS midi_core, midi.title_run AS midi_run,
    midi.title_content AS midi_content,
    audio.title_key AS audio_key, audio.title_core AS audio_core, audio.title_run AS audio_run,
    audio.title_content AS audio_content
FROM song_candidates
JOIN chosen_songs AS midi ON midi.song_seq = midi_song AND midi.side = 'midi'
JOIN chosen_songs AS audio ON audio.song_seq = audio_song AND audio.side = 'audio'
WHERE place BETWEEN $place_from AND $place_to
ORDER BY place;
