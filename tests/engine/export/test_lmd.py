"""The layout of the Lakh MIDI Dataset, out and in again."""

import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from lakhdb.engine.errors import InputError
from lakhdb.engine.export.lmd import export_lmd
from lakhdb.engine.ingest.audio import ingest_audio
from lakhdb.engine.ingest.lmd import ingest_lmd
from lakhdb.engine.ingest.metadata import ingest_metadata
from lakhdb.engine.ingest.midi import ingest_midi
from lakhdb.engine.match import match
from lakhdb.engine.store import open_store
from lakhdb.kernels.midi_file import read_midi
from lakhdb.kernels.retime import retime_midi

TRACKS = {0: "TRAXLZU12903D05F94", 1: "TRBIJNV128F93093B7", 2: "../../escape"}


@pytest.fixture(scope="module")
def music(tmp_path_factory, collection):
    """The small collection where a test may change it: MIDI files 0 to 3 plain, 4 and 5 in an archive."""
    folder = tmp_path_factory.mktemp("music")
    shutil.copytree(collection / "audio", folder / "audio")
    (folder / "midi").mkdir()
    for n in range(4):
        shutil.copy(collection / "midi" / f"tune{n}.mid", folder / "midi")
    with zipfile.ZipFile(folder / "midi" / "rest.zip", "w") as archive:
        for n in (4, 5):
            archive.write(collection / "midi" / f"tune{n}.mid", f"tune{n}.mid")
    lines = [f"{folder}/audio/tune{n}.flac,Artist,Title {n},{track}" for n, track in TRACKS.items()]
    (folder / "tracks.csv").write_text("\n".join(["path,artist,title,track_id", *lines, ""]))
    return folder


@pytest.fixture(scope="module")
def _matched(music, tmp_path_factory):
    store = open_store(tmp_path_factory.mktemp("matched") / "x.lmdb", create=True)
    ingest_midi(store, [music / "midi"], jobs=1)
    ingest_audio(store, [music / "audio"], jobs=1)
    ingest_metadata(store, music / "tracks.csv", corpus="tracks", side="audio")
    match(store)
    return store.folder


@pytest.fixture
def matched(tmp_path, _matched):
    """A database in which recordings 0 to 3 are matched; 0 and 1 have track ids that LMD could have."""
    return open_store(shutil.copytree(_matched, tmp_path / "matched.lmdb"), create=False)


def ask(store, question):
    with store.reading() as con:
        return con.execute(question).fetchall()


def read_json(folder, name):
    return json.loads((folder / name).read_text())


def list_files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def md5(path):
    return hashlib.md5(path.read_bytes()).hexdigest()


ACCEPTED = """
    SELECT coalesce(nullif(track_id, '../../escape'), audio_id), midi_id, score, pair.confidence
    FROM matches AS pair JOIN alignments USING (run_id, midi_id, audio_id) JOIN audio USING (audio_id)
"""


def test_the_tree_is_laid_out_as_lmd_is(matched, music, collection, tmp_path):
    out = tmp_path / "out"
    summary = export_lmd(matched, out)
    accepted = ask(matched, ACCEPTED)
    assert {name for name, *_ in accepted} >= {TRACKS[0], TRACKS[1], md5(music / "audio" / "tune2.flac")}
    ids = {md5(file): file.read_bytes() for file in (collection / "midi").glob("*.mid")}
    files = list_files(out)
    for midi_id, data in ids.items():
        assert files.pop(f"lmd_full/{midi_id[0]}/{midi_id}.mid") == data
    for name, midi_id, _, _ in accepted:
        letters = {TRACKS[0]: "A/X/L", TRACKS[1]: "B/I/J"}.get(name) or "/".join(name[:3])
        assert files.pop(f"lmd_matched/{letters}/{name}/{midi_id}.mid") == ids[midi_id]
        assert files.pop(f"lmd_aligned/{letters}/{name}/{midi_id}.mid") != ids[midi_id]
    assert set(files) == {
        "match_scores.json", "match_confidences.json", "md5_to_paths.json", "track_md5s.json",
        "lakhdb_export.tsv",
    }  # fmt: skip
    for file, column in (("match_scores.json", 2), ("match_confidences.json", 3)):
        wanted = {}
        for row in accepted:
            wanted.setdefault(row[0], {})[row[1]] = row[column]
        assert read_json(out, file) == wanted
    paths = read_json(out, "md5_to_paths.json")
    assert paths[md5(collection / "midi" / "tune4.mid")] == [str(music / "midi" / "rest.zip!/tune4.mid")]
    assert set(paths) == set(ids)
    assert read_json(out, "track_md5s.json")[TRACKS[1]] == md5(music / "audio" / "tune1.flac")
    assert (summary.n_midi, summary.n_pairs, summary.n_aligned) == (6, len(accepted), len(accepted))
    assert (summary.n_recordings, summary.n_missing, summary.n_unaligned) == (4, 0, 0)


def test_aligned_files_fit_the_recordings(matched, tmp_path):
    export_lmd(matched, tmp_path / "out")
    rows = ask(
        matched, "SELECT midi_id, track_id, midi_s, audio_s FROM alignments JOIN audio USING (audio_id)"
    )
    (aligned,) = [row for row in rows if row[1] == TRACKS[0]]
    midi_id, _, midi_s, audio_s = aligned
    plain = (tmp_path / f"out/lmd_full/{midi_id[0]}/{midi_id}.mid").read_bytes()
    file = tmp_path / f"out/lmd_aligned/A/X/L/{TRACKS[0]}/{midi_id}.mid"
    assert file.read_bytes() == retime_midi(plain, midi_s, audio_s)
    before, after = read_midi(plain).notes.start_s, read_midi(file.read_bytes()).notes.start_s
    inside = (before >= midi_s[0]) & (before <= midi_s[-1])
    np.testing.assert_allclose(after[inside], np.interp(before[inside], midi_s, audio_s), atol=2e-3)


def test_round_trip(matched, music, tmp_path):
    out = tmp_path / "out"
    export_lmd(matched, out)
    other = open_store(tmp_path / "other.lmdb", create=True)
    ingest_audio(other, [music / "audio"], jobs=1)  # without their track ids
    summary = ingest_lmd(other, out, jobs=1)
    pairs = "SELECT midi_id, audio_id, {} FROM {} ORDER BY ALL"
    accepted = ask(
        matched, pairs.format("score", "matches JOIN alignments USING (run_id, midi_id, audio_id)")
    )
    assert ask(other, pairs.format("value", "candidates WHERE stage = 'lmd'")) == accepted
    assert (summary.n_scores, summary.n_recorded, summary.n_new) == (len(accepted), len(accepted), 6)
    assert ask(other, "SELECT count(*) FROM matches") == [(0,)]
    match(other)
    again = tmp_path / "again"
    export_lmd(other, again)
    tracks = read_json(out, "track_md5s.json")
    scores = {tracks[name]: scores for name, scores in read_json(out, "match_scores.json").items()}
    assert read_json(again, "match_scores.json") == scores


def test_a_lakh_midi_dataset_of_old_is_known_by_track_ids(matched, tmp_path):
    """As it is downloaded: no list of MD5s of recordings, and only the matched files."""
    out = tmp_path / "lmd"
    export_lmd(matched, out)
    for name in ("track_md5s.json", "match_confidences.json", "lakhdb_export.tsv"):
        (out / name).unlink()
    shutil.rmtree(out / "lmd_full")
    scores = read_json(out, "match_scores.json")
    n_scores = sum(map(len, scores.values()))
    scores["TRAAAAA128F0000000"] = {"0" * 32: 0.75, "1" * 32: float("nan"), "2" * 32: "high"}
    scores["TRAAAAB128F0000000"] = None
    (out / "match_scores.json").write_text(json.dumps(scores))
    found = ask(matched, "FROM matches ORDER BY ALL")
    summary = ingest_lmd(matched, out, jobs=1)
    assert (summary.n_scores, summary.n_recorded, summary.n_skipped) == (n_scores + 1, n_scores, 3)
    assert (summary.n_without_midi, summary.n_without_audio, summary.n_new) == (1, 1, 0)
    assert ask(matched, "FROM matches ORDER BY ALL") == found
    joined = "FROM candidates JOIN matches USING (midi_id, audio_id) WHERE stage = 'lmd' AND value = score"
    assert ask(matched, f"SELECT count(*) {joined}") == [(n_scores,)]
    assert ingest_lmd(matched, out, jobs=1).run_id == summary.run_id
    assert ask(matched, f"SELECT count(*) {joined}") == [(n_scores,)]
    assert match(matched).run_id is None  # nothing counts as newly compared, nor as not compared


def test_scores_wait_for_their_recordings(matched, music, tmp_path):
    out = tmp_path / "out"
    export_lmd(matched, out)
    other = open_store(tmp_path / "other.lmdb", create=True)
    first = ingest_lmd(other, out, jobs=1)
    assert (first.run_id, first.n_recorded, first.n_without_audio) == (None, 0, first.n_scores)
    assert "then give this command again" in str(first)
    ingest_audio(other, [music / "audio"], jobs=1)
    second = ingest_lmd(other, out, jobs=1)
    assert (second.n_recorded, second.n_new) == (first.n_scores, 0)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "neither lmd_full nor lmd_matched"),
        ({"lmd_full/a/x.mid": "x"}, "holds no match_scores.json"),
        ({"lmd_full/a/x.mid": "x", "match_scores.json": "{"}, "damaged"),
        ({"lmd_full/a/x.mid": "x", "match_scores.json": "[" * 100_000}, "damaged"),
        ({"lmd_full/a/x.mid": "x", "match_scores.json": "[]"}, "not a list of tracks"),
    ],
)
def test_what_is_no_tree_is_refused(store, tmp_path, files, words):
    folder = tmp_path / "tree"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    with pytest.raises(InputError, match=words):
        ingest_lmd(store, folder, jobs=1)
    assert ask(store, "SELECT count(*) FROM runs") == [(0,)]


def test_the_same_database_gives_the_same_bytes_and_touches_nothing_twice(matched, tmp_path):
    out = tmp_path / "out"
    first = export_lmd(matched, out)
    files = list_files(out)
    changed = {path: os.stat(out / path).st_mtime_ns for path in files if path.endswith(("mid", "json"))}
    second = export_lmd(matched, out)
    assert first.n_written == 6 + 2 * first.n_pairs
    assert (second.n_written, second.n_removed) == (0, 0)
    assert list_files(out) == files
    assert {path: os.stat(out / path).st_mtime_ns for path in changed} == changed
    export_lmd(matched, tmp_path / "other")
    assert list_files(tmp_path / "other") == files


def test_an_export_follows_the_database(matched, tmp_path):
    out = tmp_path / "out"
    export_lmd(matched, out)
    (out / "lmd_matched" / "A" / "notes.txt").write_text("mine")
    with matched.writing() as con:
        con.execute("UPDATE alignment_rows SET audio_s = [s + 1 FOR s IN audio_s] WHERE audio_seq = 3")
        con.execute("UPDATE match_rows SET confidence = 0.125 WHERE audio_seq = 2")
    summary = export_lmd(matched, out, min_confidence=0.25)
    fresh = tmp_path / "fresh"
    export_lmd(matched, fresh, min_confidence=0.25)
    files = list_files(out)
    assert files.pop("lmd_matched/A/notes.txt") == b"mine"
    assert files == list_files(fresh)
    assert summary.n_removed > 0
    assert summary.n_written > 0
    assert not [folder for folder in out.rglob("*") if folder.is_dir() and not any(folder.iterdir())]


def test_links(matched, music, tmp_path):
    out = tmp_path / "out"
    summary = export_lmd(matched, out, link=True)
    for n in range(4):
        original = music / "midi" / f"tune{n}.mid"
        assert (out / f"lmd_full/{md5(original)[0]}/{md5(original)}.mid").samefile(original)
    export_lmd(matched, tmp_path / "copies")
    assert list_files(out) == list_files(tmp_path / "copies")
    assert export_lmd(matched, out, link=True).n_written == 0
    matched_files = list((out / "lmd_matched").rglob("*.mid"))
    assert len(matched_files) == summary.n_pairs
    for file in matched_files:
        assert file.samefile(out / f"lmd_full/{file.stem[0]}/{file.name}")


def test_links_to_another_disk_are_symbolic(matched, music, tmp_path):
    place = Path("/dev/shm")
    if not os.access(place, os.W_OK) or place.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second disk at /dev/shm")
    out = place / f"lakhdb-{tmp_path.name}-{os.getpid()}"
    try:
        export_lmd(matched, out, link=True)
        original = music / "midi" / "tune0.mid"
        full = out / f"lmd_full/{md5(original)[0]}/{md5(original)}.mid"
        assert full.is_symlink()
        assert full.resolve() == original.resolve()
        for file in (out / "lmd_matched").rglob(f"{md5(original)}.mid"):
            assert file.resolve() == original.resolve()
        assert export_lmd(matched, out, link=True).n_written == 0
    finally:
        shutil.rmtree(out)


def test_files_that_are_gone_or_changed_are_left_out(music, tmp_path, caplog):
    midi = shutil.copytree(music / "midi", tmp_path / "midi")
    store = open_store(tmp_path / "x.lmdb", create=True)
    ingest_midi(store, [midi], jobs=1)
    ingest_audio(store, [music / "audio"], jobs=1)
    match(store)
    gone, changed = md5(midi / "tune0.mid"), md5(midi / "tune1.mid")
    (midi / "tune0.mid").unlink()
    (midi / "tune1.mid").write_bytes((midi / "tune2.mid").read_bytes())
    out = tmp_path / "out"
    summary = export_lmd(store, out)
    assert (summary.n_midi, summary.n_missing) == (4, 2)
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 2
    assert any(gone in line and "No such file" in line for line in told)
    assert any(changed in line and "something else" in line for line in told)
    assert not {gone, changed} & set(read_json(out, "md5_to_paths.json"))
    for by_midi in read_json(out, "match_scores.json").values():
        assert not {gone, changed} & set(by_midi)
    assert not [path for path in list_files(out) if gone in path or changed in path]


def test_a_pair_that_cannot_be_retimed_is_told_of(matched, tmp_path, caplog):
    out = tmp_path / "out"
    whole = export_lmd(matched, out)
    with matched.writing() as con:
        con.execute("UPDATE alignment_rows SET audio_s = list_reverse(audio_s) WHERE audio_seq = 1")
    summary = export_lmd(matched, out)
    assert summary.n_unaligned == len(caplog.records) > 0
    assert "cannot be retimed" in caplog.records[0].getMessage()
    assert summary.n_pairs == whole.n_pairs
    assert len(list((out / "lmd_aligned").rglob("*.mid"))) == summary.n_aligned


def test_recordings_of_one_track_id_do_not_meet(matched, tmp_path):
    with matched.writing() as con:
        con.execute("UPDATE audio_items SET track_id = 'TRAXLZU12903D05F94'")
    out = tmp_path / "out"
    summary = export_lmd(matched, out)
    tracks = read_json(out, "track_md5s.json")
    assert len(tracks) == summary.n_recordings == 4
    assert sorted(tracks.values()) == sorted(row[0] for row in ask(matched, "SELECT audio_id FROM audio"))
    assert tracks.pop(TRACKS[0]) < min(tracks.values())
    assert all(name == audio_id for name, audio_id in tracks.items())
    ingested = ingest_lmd(matched, out, jobs=1)
    assert ingested.n_recorded == summary.n_pairs


def test_other_folders_are_refused(matched, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="name a new or empty folder"):
        export_lmd(matched, folder)
    assert list_files(folder) == {"notes.txt": b"mine"}
    with pytest.raises(InputError, match="name another folder"):
        export_lmd(matched, folder / "notes.txt")
    with pytest.raises(InputError, match="name another folder"):
        export_lmd(matched, folder / "notes.txt" / "below")
    with pytest.raises(InputError, match="least confidence is 2"):
        export_lmd(matched, tmp_path / "new", min_confidence=2)
    assert not (tmp_path / "new").exists()


RUN = """
import sys
from pathlib import Path
from lakhdb.engine.errors import InputError
from lakhdb.engine.export.lmd import export_lmd
from lakhdb.engine.store import open_store
try:
    export_lmd(open_store(Path(sys.argv[1]), create=False), Path(sys.argv[2]))
except InputError as error:
    sys.exit(str(error))
"""


def run_export(store, out, **options):
    return subprocess.run(
        [sys.executable, "-c", RUN, store.folder, out],
        capture_output=True,
        text=True,
        timeout=300,
        **options,
    )


def assert_told(done, out, trouble):
    assert done.returncode == 1
    assert done.stderr.startswith(f"{out} cannot be written ({trouble}); make room")
    assert done.stderr.count("\n") == 1


def assert_nothing_is_half_written(out, files):
    left = list_files(out) if out.exists() else {}
    assert not [path for path in left if path.endswith((".tmp", "match_scores.json"))]
    for path, data in left.items():
        assert path == "lakhdb_export.tsv" or data == files[path]


# Bytes a file: none, room for the journal alone, for some of the MIDI files, for all but aligned ones.
@pytest.mark.parametrize("n_bytes", [0, 100, 630, 900])
def test_files_that_do_not_fit(matched, tmp_path, n_bytes):
    out, whole = tmp_path / "out", tmp_path / "whole"
    export_lmd(matched, whole)
    files = list_files(whole)
    limit = (resource.RLIMIT_FSIZE, (n_bytes, n_bytes))
    assert_told(
        run_export(matched, out, preexec_fn=lambda: resource.setrlimit(*limit)), out, "File too large"
    )
    assert_nothing_is_half_written(out, files)
    export_lmd(matched, out)
    assert list_files(out) == files


# KiB: room for the journal and some of lmd_full, of lmd_matched, of lmd_aligned, for all but the lists.
@pytest.mark.parametrize("kib", [20, 36, 52, 64])
def test_a_disk_that_is_full(matched, tmp_path, kib):
    export_lmd(matched, tmp_path / "whole")
    files = list_files(tmp_path / "whole")
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", disk]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a disk can be mounted by root alone")
    try:
        out = disk / "out"
        assert_told(run_export(matched, out), out, "No space left on device")
        assert_nothing_is_half_written(out, files)
        subprocess.run(["mount", "-o", "remount,size=1m", disk], check=True)
        export_lmd(matched, out)
        assert list_files(out) == files
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_killed_export_goes_on(matched, tmp_path):
    """As after kill -9 at any point: a file half-written under its temporary name, a journal cut off."""
    out, whole = tmp_path / "out", tmp_path / "whole"
    export_lmd(matched, whole)
    export_lmd(matched, out)
    aligned = sorted((out / "lmd_aligned").rglob("*.mid"))
    kept = aligned[0].stat().st_mtime_ns
    aligned[1].rename(aligned[1].with_name(f".{aligned[1].name}.tmp"))
    aligned[2].write_bytes(b"")  # as a file system may leave it after a power cut
    for name in ("match_scores.json", "md5_to_paths.json"):
        (out / name).unlink()
    journal = (out / "lakhdb_export.tsv").read_bytes()
    (out / "lakhdb_export.tsv").write_bytes(journal[:-20])
    assert export_lmd(matched, out).n_written == 3
    assert list_files(out) == list_files(whole)
    assert aligned[0].stat().st_mtime_ns == kept
