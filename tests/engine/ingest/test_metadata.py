import gzip
import json
import os
import signal
import subprocess
import sys
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lakhdb.engine.errors import InputError
from lakhdb.engine.ingest.audio import ingest_audio
from lakhdb.engine.ingest.metadata import ingest_metadata
from lakhdb.engine.ingest.midi import ingest_midi
from lakhdb.engine.question import ask

MD5 = "0123456789abcdef0123456789abcdef"


def read_names(store, columns="artist, title"):
    rows = ask(store, f"SELECT {columns} FROM names WHERE source = 'metadata' ORDER BY name_seq")
    return [tuple(row.values()) for row in rows.to_pylist()]


@pytest.fixture
def bring(store, tmp_path):
    """Write a list of some bytes or text and bring it in."""

    def bring(content, name="list.csv", corpus="lists", **options):
        file = tmp_path / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return ingest_metadata(store, file, corpus=corpus, **options)

    return bring


ENTRIES = [("The Beatles", "Help!"), ("Björk", "Jóga")]


def write_parquet():
    stream = pa.BufferOutputStream()
    pq.write_table(
        pa.table(
            {
                "Artist Name": pa.array([artist for artist, _ in ENTRIES]).dictionary_encode(),
                "words": [["so", "long"], None],
                "Title": [title for _, title in ENTRIES],
            }
        ),
        stream,
    )
    return stream.getvalue().to_pybytes()


FORMATS = {
    "CSV": "artist,title\nThe Beatles,Help!\nBjörk,Jóga\n",
    "CSV with semicolons, quotes and carriage returns": (
        '"Song";"Performer"\r\n"Help!";"The Beatles"\r\n"Jóga";"Björk"\r\n'
    ),
    "TSV": "id\tTitle\tARTIST\n1\tHelp!\tThe Beatles\n2\tJóga\tBjörk\n",
    "with a byte order mark": "\ufeffartist,title\nThe Beatles,Help!\nBjörk,Jóga\n",
    "UTF-16": "artist\ttitle\nThe Beatles\tHelp!\nBjörk\tJóga\n".encode("utf-16"),
    "Latin-1": "artist,title\nThe Beatles,Help!\nBjörk,Jóga\n".encode("latin-1"),
    "gzip": gzip.compress(b"artist,title\nThe Beatles,Help!\nBj\xc3\xb6rk,J\xc3\xb3ga\n"),
    "JSON lines": (
        '{"artist": "The Beatles", "title": "Help!"}\n\n{"title": "Jóga", "artist": "Bj\\u00f6rk"}\n'
    ),
    "JSON array": json.dumps([{"artist": artist, "name": title} for artist, title in ENTRIES], indent=2),
    "Parquet": write_parquet(),
    "MSD": (
        "TRMMMYQ128F932D901<SEP>SOQMMHC12AB0180CB8<SEP>The Beatles<SEP>Help!\n"
        "TRMMMKD128F425225D<SEP>SOVFVAK12A8C1350D9<SEP>Björk<SEP>Jóga\n"
    ),
    "MSD by year": "1965<SEP>TRMMMYQ128F932D901<SEP>The Beatles<SEP>Help!\n"
    "1997<SEP>TRMMMKD128F425225D<SEP>Björk<SEP>Jóga\n",
}


@pytest.mark.parametrize("form", FORMATS)
def test_reads(bring, store, form):
    summary = bring(FORMATS[form])
    assert read_names(store) == ENTRIES
    assert str(summary) == "2 entries (audio): 2 with artist and title, 0 joined with files"


def test_reads_names_of_lmd_from_their_paths(bring, store):
    other = MD5[::-1]
    paths = {MD5: ["S/x.mid", "The Beatles/Help!.mid"], other: ["Queen/Innuendo.mid"], "c" * 32: []}
    summary = bring(json.dumps(paths), name="md5_to_paths.json")
    assert (summary.side, summary.n_entries) == ("midi", 2)
    assert summary.skipped == {"without a path": 1}
    names = read_names(store, "side, md5, title")
    assert [(side, md5) for side, md5, _ in names] == [("midi", MD5), ("midi", other)]
    assert [title for *_, title in names][1] == "Innuendo"


def test_reads_names_from_paths_where_a_list_has_nothing_else(bring, store):
    assert bring("file\nQueen/Innuendo.mid\n").side == "midi"
    assert read_names(store, "title, path") == [("Innuendo", "Queen/Innuendo.mid")]


def test_keeps_ids_and_albums(bring, store):
    bring(
        f"Name,Release,EN_ID,MD5\nHelp!,Help,music://id.echonest.com/~/TR/TRYRDQL121D6C19F58,{MD5.upper()}\n"
    )
    assert read_names(store, "title, album, track_id, md5") == [("Help!", "Help", "TRYRDQL121D6C19F58", MD5)]


def test_takes_what_is_no_value_for_none(bring, store):
    bring("artist,title,md5\nnan,Help!,unknown\n")
    assert read_names(store, "artist, title, md5") == [(None, "Help!", None)]


ODD = {
    "too few fields": ("7\tQueen\n", "with too few fields"),
    "too many fields": ("7\tQueen\tInnuendo\tmore\n", "with too many fields"),
    "no name": ("7\t\t\n", "without a name"),
    "an endless line": ("7\t" + "x" * 3_000_000 + "\ty\n", "with an endless line"),
    "an endless name": ("7\tQueen\t" + "x" * 3000 + "\n", "with an endless name"),
}


@pytest.mark.parametrize("oddity", ODD)
def test_skips_and_counts_rows_with(bring, store, oddity):
    line, reason = ODD[oddity]
    summary = bring("id\tartist\ttitle\n1\tThe Beatles\tHelp!\n\n" + line + "2\tBjörk\tJóga\n")
    assert read_names(store) == ENTRIES
    assert summary.skipped == {reason: 1}
    assert str(summary).endswith(f"; 1 rows skipped (1 {reason})")


QUOTES = {
    '7,"Queen,Innuendo\n': ('"Queen', "Innuendo"),
    '7,"Queen" live,Innuendo\n': ('"Queen" live', "Innuendo"),
    '7,Queen,Innuendo 7"\n': ("Queen", 'Innuendo 7"'),
    '7,"Queen","a ""great"" one"\n': ("Queen", 'a "great" one'),
    '7,Queen,"on two\nlines"\n': ("Queen", "on two lines"),
    "7,Queen,Innuendo,,\n": ("Queen", "Innuendo"),
    "7,Queen,a\0b\n": ("Queen", "ab"),
}


@pytest.mark.parametrize("line", QUOTES)
def test_odd_quotes_cost_no_row(bring, store, line):
    summary = bring("id,artist,title\n1,The Beatles,Help!\n" + line + "2,Björk,Jóga\n")
    assert read_names(store) == [ENTRIES[0], QUOTES[line], ENTRIES[1]]
    assert summary.skipped == {}


@pytest.mark.parametrize("damaged", ['{"artist": "Qu', '{"artist": "Queen" "title": 3}', "nonsense {"])
def test_damaged_json_costs_no_other_entry(bring, store, damaged):
    lines = [json.dumps({"artist": artist, "title": title}) for artist, title in ENTRIES]
    summary = bring("\n".join([lines[0], damaged, lines[1]]))
    assert read_names(store) == ENTRIES
    assert summary.skipped == {"that are damaged": 1}


def test_json_longer_than_what_is_read_at_once(bring, store):
    entries = [{"artist": f"artist {n} " + "é" * 50, "title": f"title {n}"} for n in range(2000)]
    assert bring(json.dumps(entries)).n_entries == 2000
    assert read_names(store, "title") == [(f"title {n}",) for n in range(2000)]


def test_json_that_spells_half_characters(bring, store):
    bring('{"artist": "Qu\\ud800een", "title": "Innuendo"}')
    assert read_names(store) == [("Qu?een", "Innuendo")]


USELESS = {
    "no column that names": ("year,place\n1999,Rome\n", r"among 'year', 'place' \(wanted: title: title,"),
    "a picture's bytes": (
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 9000,
        r"no column with titles",
    ),
    "no row that is JSON": ("[" + "{" * 3000, "holds no entry that can be read"),
    "only columns": ("artist,title\n", "nothing but columns"),
    "only rows without use": ("artist,title\n,\n", r"1 rows skipped \(1 without a name\)"),
    "nothing": ("\n \n", "holds nothing"),
    "cut gzip": (gzip.compress(b"artist,title\na,b\n" * 9999)[:-30], "end-of-stream"),
    "damaged Parquet": (write_parquet()[:-8], "[Pp]arquet"),
}


@pytest.mark.parametrize("trouble", USELESS)
def test_refuses_a_list_with(bring, store, trouble):
    bring("artist,title\nThe Beatles,Help!\nBjörk,Jóga\n")
    content, message = USELESS[trouble]
    with pytest.raises(InputError, match=message):
        bring(content)
    assert read_names(store) == ENTRIES  # what was there stays


def test_refuses_what_is_no_file(store, tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        ingest_metadata(store, tmp_path / "none.csv", corpus="c")
    with pytest.raises(InputError, match="cannot be read"):
        ingest_metadata(store, tmp_path, corpus="c")
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(InputError, match=r"pipe\.csv cannot be read: not a regular file; give a file"):
        ingest_metadata(store, tmp_path / "pipe.csv", corpus="c")


def test_tells_the_side(bring):
    assert bring("path,title\na/b.mid,x\n").side == "midi"
    assert bring("path,title\na/b.mp3,x\n").side == "audio"
    assert bring("midi_md5,title\nnone,x\n").side == "midi"
    assert bring("title\nx\n", side="midi").side == "midi"


def test_reads_the_columns_of_the_side_that_is_asked_for(bring, store):
    text = "canonical_composer,canonical_title,midi_filename,audio_filename\nBach,Fugue,a/1.midi,a/1.wav\n"
    bring(text, side="audio")
    assert read_names(store, "artist, title, side, path") == [("Bach", "Fugue", "audio", "a/1.wav")]


def test_the_same_list_again_replaces_its_entries(bring, store):
    bring("artist,title\nThe Beatles,Help!\n")
    bring("artist,title\nQueen,Innuendo\n", name="other.csv")
    bring("artist,title\nAbba,Waterloo\n", corpus="another")
    summary = bring("artist,title\nBjörk,Jóga\n")
    assert summary.n_replaced == 1
    assert str(summary).endswith("; they replace 1")
    assert read_names(store) == [("Queen", "Innuendo"), ("Abba", "Waterloo"), ("Björk", "Jóga")]


def test_joins_files_before_and_after_they_come(bring, store, collection):
    text = "path,artist,title\n" + "".join(f"audio/tune{n}.flac,Someone,Tune {n}\n" for n in range(6))
    ingest_audio(store, [collection / "audio" / "tune0.flac"], jobs=1)
    assert bring(text).n_joined == 1
    ingest_audio(store, [collection / "audio"], jobs=1)
    named = ask(store, "SELECT path, artist, title FROM audio ORDER BY path").to_pylist()
    assert [(row["path"][-10:-5], row["artist"], row["title"]) for row in named] == [
        (f"tune{n}", "Someone", f"Tune {n}") for n in range(4)
    ]
    assert bring(text).n_joined == 4


def test_a_list_of_contents_names_them_wherever_they_lie(bring, store, collection):
    ingest_midi(store, [collection / "midi"], jobs=1)
    ids = [row["midi_id"] for row in ask(store, "SELECT midi_id FROM midi ORDER BY path").to_pylist()]
    summary = bring("md5\tpath\n" + "".join(f"{md5}\tQueen/Innuendo {md5[:3]}.mid\n" for md5 in ids))
    assert (summary.side, summary.n_joined) == ("midi", 6)
    titles = [row["title"] for row in ask(store, "SELECT title FROM midi ORDER BY path").to_pylist()]
    assert titles == [f"Innuendo {md5[:3]}" for md5 in ids]


def test_tells_how_far_it_is(bring):
    told = []
    bring("artist,title\n" + "a,b\n" * 60_000, progress=lambda *step: told.append(step))
    assert told == [
        ("list", 50_000, None),
        ("list", 60_000, None),
        ("names", 50_000, 60_000),
        ("names", 60_000, 60_000),
    ]


def count_artists(store):
    rows = ask(store, "SELECT artist, count(*) AS n FROM names WHERE source = 'metadata' GROUP BY artist")
    return [(row["artist"], row["n"]) for row in rows.to_pylist()]


KILLED = """
import sys
from pathlib import Path
from lakhdb.engine.ingest.metadata import ingest_metadata
from lakhdb.engine.store import open_store

def tell(*step):
    print(*step, flush=True)
ingest_metadata(open_store(Path(sys.argv[1]), create=False), Path(sys.argv[2]), corpus="lists", progress=tell)
"""


@pytest.mark.parametrize("stage", ["list 50000", "names 50000", "names 200000"])
def test_a_kill_leaves_the_old_list_or_the_new(bring, store, tmp_path, stage):
    bring("artist,title\nThe Beatles,Help!\n")
    file = tmp_path / "list.csv"
    file.write_text("artist,title\n" + "".join(f"Queen,Innuendo {n}\n" for n in range(200_000)))
    command = [sys.executable, "-c", KILLED, store.folder, file]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        for line in child.stdout:
            if line.startswith(stage):
                time.sleep(0.05)
                break
        os.kill(child.pid, signal.SIGKILL)
    old, new = ("The Beatles", 1), ("Queen", 200_000)
    assert count_artists(store) in ([old], [new])
    assert sorted(path.name for path in store.folder.iterdir() if "catalog" not in path.name) == (
        ["features", "writer.json", "writer.lock"]
    )
    assert ingest_metadata(store, file, corpus="lists").n_entries == 200_000
    assert count_artists(store) == [new]


LISTS = {
    "clean_midi.tsv.gz": ("midi", 17252, 17252),
    "cal10k.tsv.gz": ("audio", 10270, 10270),
    "cal500.tsv": ("audio", 504, 504),
    "uspop2002.tsv": ("audio", 7140, 7138),
    "shs_msd.tsv.gz": ("audio", 18196, 0),
}


@pytest.mark.parametrize("name", LISTS)
def test_reads_every_row_of_a_real_list(store, shared_data, name):
    summary = ingest_metadata(store, shared_data / "text" / name, corpus=name)
    assert (summary.side, summary.n_entries, summary.n_complete) == LISTS[name]
    assert summary.skipped == {}


def test_names_files_by_a_real_list_of_paths(store, shared_data):
    summary = ingest_metadata(store, shared_data / "text" / "lmd_paths.tsv", corpus="lmd")
    assert summary.side == "midi"
    assert summary.skipped.keys() == {"without a name"}  # whose paths say nothing
    assert summary.n_entries + summary.skipped["without a name"] == 7998
    assert summary.n_entries > 7000
