import mido
import pytest

from lakhdb.engine.errors import InputError
from lakhdb.engine.ingest.midi import ingest_midi
from lakhdb.engine.lock import hold_writer_lock
from lakhdb.engine.match import match
from lakhdb.engine.question import ask
from lakhdb.engine.show import show
from lakhdb.engine.songs import index_songs, pair_songs


def collect(rows, section):
    return [(row["name"], row["value"]) for row in rows.to_pylist() if row["section"] == section]


def read_ids(store, side):
    return [
        row["id"] for row in ask(store, f"SELECT {side}_id AS id FROM {side} ORDER BY {side}_seq").to_pylist()
    ]


@pytest.fixture
def song(tmp_path):
    """A MIDI file with words, two tempos, a key and drums."""
    track = mido.MidiTrack(
        [
            mido.MetaMessage("track_name", name="Voice"),
            mido.MetaMessage("set_tempo", tempo=500_000),
            mido.MetaMessage("time_signature", numerator=3, denominator=4),
            mido.MetaMessage("key_signature", key="F#m"),
            mido.Message("program_change", program=52),
            mido.MetaMessage("lyrics", text="La"),
            mido.Message("note_on", note=60, velocity=90),
            mido.Message("note_off", note=60, time=480),
            mido.MetaMessage("set_tempo", tempo=1_000_000),
            mido.MetaMessage("lyrics", text="lu"),
            mido.Message("note_on", note=67, velocity=90),
            mido.Message("note_off", note=67, time=480),
            mido.Message("note_on", note=36, velocity=90, channel=9),
            mido.Message("note_off", note=36, time=480, channel=9),
        ]
    )
    folder = tmp_path / "songs"
    folder.mkdir()
    mido.MidiFile(tracks=[track]).save(folder / "song.mid")
    (folder / "copy.mid").write_bytes((folder / "song.mid").read_bytes())
    return folder


def test_tells_all_about_a_midi_file(store, song):
    ingest_midi(store, [song], jobs=1)
    (midi_id,) = read_ids(store, "midi")
    rows = show(store, midi_id)
    facts = dict(collect(rows, "item"))
    assert facts["midi_id"] == midi_id
    assert (facts["n_notes"], facts["has_drums"], facts["duration_s"]) == ("3", "true", "2.5")
    assert collect(rows, "path") == [("songs", str(song / "copy.mid")), ("songs", str(song / "song.mid"))]
    assert collect(rows, "tempo") == [("beats_per_minute", "60.00 to 120.00, 2 values, first 120.00")]
    assert collect(rows, "time_signature") == [("0.00 s", "3/4")]
    assert collect(rows, "key_signature") == [("0.00 s", "F# minor")]
    assert ("program 52", "2 notes, pitches 60 to 67") in collect(rows, "instrument")
    assert [name for name, _ in collect(rows, "instrument")] == ["drums", "program 52"]
    assert collect(rows, "lyric") == [("0.00 s", "La"), ("0.50 s", "lu")]
    assert collect(rows, "track_name") == [("0.00 s", "Voice")]
    assert collect(rows, "match") == []


def test_lists_the_matches_of_both_sides(both):
    match(both)
    midi_ids, audio_ids = read_ids(both, "midi"), read_ids(both, "audio")
    assert collect(show(both, midi_ids[2]), "match")[0][0] == audio_ids[2]
    rows = show(both, audio_ids[3])
    assert collect(rows, "match")[0][0] == midi_ids[3]
    assert dict(collect(rows, "item"))["codec"] == "PCM_16"


def test_tells_how_a_pair_was_found(both):
    match(both)
    midi_id, audio_id = read_ids(both, "midi")[5], read_ids(both, "audio")[5]
    rows = show(both, midi_id, audio_id)
    facts = dict(collect(rows, "match"))
    (expected,) = ask(
        both, f"SELECT * FROM matches WHERE midi_id = '{midi_id}' AND audio_id = '{audio_id}'"
    ).to_pylist()
    assert facts["rank"] == "1"
    assert float(facts["score"]) == pytest.approx(expected["score"], abs=1e-4)
    assert float(facts["midi_start_s"]) == pytest.approx(expected["midi_start_s"], abs=1e-3)
    evidence = collect(rows, "evidence")
    assert evidence[0][0].startswith("for, +")
    assert any("played backwards" in words for _, words in evidence)
    assert [name for name, _ in collect(rows, "candidate")] == [
        "embedding, run 1",
        "hash, run 1",
        "dtw, run 1",
    ]
    ((points, _),) = collect(rows, "alignment")
    assert points.endswith(" points")


def test_tells_how_alike_the_names_of_a_pair_are(both):
    midi_id, audio_id = read_ids(both, "midi")[1], read_ids(both, "audio")[1]
    rename = (
        "UPDATE names SET song_seq = NULL, artist = 'Gaye,Marvin', title = 'Whats Goin On' WHERE item_seq = 2"
    )
    ask(both, f"{rename} AND side = 'midi'", write=True)
    ask(both, f"{rename} AND side = 'audio'".replace("Gaye,Marvin", "Marvin Gaye"), write=True)
    with both.writing() as con:
        index_songs(con)
    with hold_writer_lock(both.folder):
        pair_songs(both)
    assert collect(show(both, midi_id, audio_id), "name") == [
        ("similarity", "1.0000"),
        ("artist", "1.0000: Gaye,Marvin and Marvin Gaye"),
        ("title", "1.0000: Whats Goin On and Whats Goin On"),
    ]
    assert collect(show(both, midi_id, read_ids(both, "audio")[4]), "name") == [
        (None, "no names of theirs are alike")
    ]


def test_says_that_a_pair_was_never_kept(both):
    rows = show(both, read_ids(both, "midi")[0], read_ids(both, "audio")[0])
    assert collect(rows, "match") == [(None, "no run has kept this pair")]
    assert collect(rows, "candidate") == []


def test_takes_the_beginning_of_an_id(both):
    midi_id, audio_id = read_ids(both, "midi")[1], read_ids(both, "audio")[1]
    assert dict(collect(show(both, midi_id[:8].upper()), "item"))["midi_id"] == midi_id
    assert collect(show(both, midi_id[:8], audio_id[:8]), "audio")[0][0] == audio_id


def test_refuses_what_names_no_item(both):
    ask(both, "UPDATE midi_items SET midi_id = 'abcd' || midi_seq", write=True)
    midi_id, audio_id = read_ids(both, "midi")[0], read_ids(both, "audio")[0]
    with pytest.raises(InputError, match="several MIDI files' ids begin with abcd"):
        show(both, "abcd")
    with pytest.raises(InputError, match="too short"):
        show(both, "abc")
    with pytest.raises(InputError, match="no item's id begins with zzzz"):
        show(both, "zzzz")
    with pytest.raises(InputError, match=f"no recording's id begins with {midi_id}"):
        show(both, midi_id, midi_id)
    with pytest.raises(InputError, match=f"no MIDI file's id begins with {audio_id}"):
        show(both, audio_id, audio_id)
