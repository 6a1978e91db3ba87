-- Purpose: list the texts of every MIDI item, in the order in which its reader gave them.
-- Reads:   events_part, midi_items
-- Returns: midi_seq, kinds, tracks, times_s, raw (lists of one length)
SELECT
    midi_seq,
    list(kind ORDER BY place) AS kinds,
    list(track ORDER BY place) AS tracks,
    list(time_s ORDER BY place) AS times_s,
    list(raw ORDER BY place) AS raw
FROM (SELECT *, row_number() OVER () AS place FROM events_part WHERE raw IS NOT NULL)
WHERE midi_seq IN (SELECT midi_seq FROM midi_items)
GROUP BY midi_seq
ORDER BY midi_seq;
