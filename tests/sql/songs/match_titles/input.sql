CREATE TEMP TABLE chosen_songs AS SELECT *, replace(title_key, ' ', '') AS title_run FROM (VALUES
    ('midi', 1, 'abba', 'abba', 'waterloo', 'waterloo', ''),
    ('audio', 1, 'abba', 'abba', 'waterloo', 'waterloo', ''),
    ('audio', 2, 'bjork', 'bjork', 'waterloo', 'waterloo', ''),
    -- alike, and of a little word alone
    ('midi', 3, 'gaye', 'gaye', 'whats goin on', 'whats goin', ''),
    ('audio', 4, 'gaye marvin', 'marvingaye', 'whats going on part 2', 'whats going part 2', '2'),
    ('audio', 5, 'gaye marvin', 'marvingaye', 'on and on', 'and', ''),
    ('midi', 6, 'gaye', 'gaye', 'i', '', ''),
    ('audio', 7, 'gaye marvin', 'marvingaye', 'i heard', 'heard', ''),
    ('audio', 8, 'gaye marvin', 'gayemarvin', 'i', '', ''),
    -- numbers that differ; a word of more songs than two
    ('midi', 9, 'bach', 'bach', 'suite 1', 'suite 1', '1'),
    ('audio', 10, 'bach', 'bach', 'suite no 1', 'suite no 1', '1'),
    ('audio', 11, 'bach', 'bach', 'suite 2', 'suite 2', '2'),
    ('audio', 12, 'bach', 'bach', 'suite', 'suite', ''),
    ('midi', 13, 'bach', 'bach', 'suite', 'suite', ''),
    ('midi', 14, 'bach', 'bach', 'suite air', 'suite air', ''),
    ('audio', 15, 'bach', 'bach', 'air', 'air', '')
) AS t(side, song_seq, artist_key, artist_run, title_key, title_content, title_numbers);
CREATE TEMP TABLE near_words AS SELECT * FROM (VALUES
    ('waterloo', 'waterloo'), ('whats', 'whats'), ('goin', 'going'), ('on', 'on'), ('i', 'i'), ('suite', 'suite'),
    ('1', '1'), ('air', 'air')
) AS t(midi_word, audio_word);
INSERT INTO song_words
SELECT DISTINCT unnest(string_split(title_key, ' ') || [title_run]), 'title', song_seq FROM chosen_songs;
CREATE TEMP TABLE artist_pairs AS SELECT * FROM (VALUES
    ('abba', 'abba', 'abba', 'abba', 1.0), ('gaye', 'gaye marvin', 'gaye', 'marvingaye', 0.9), ('gaye', 'bjork', 'gaye', 'bjork', 0.1),
    ('bach', 'bach', 'bach', 'bach', 1.0)
) AS t(midi_artist, audio_artist, midi_run, audio_run, similarity);
