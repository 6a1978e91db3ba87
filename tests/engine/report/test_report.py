"""The whole page: what it says is what the tables say, and it is one file that loads nothing."""

import re
from html.parser import HTMLParser

import pytest

from lakhdb.engine.errors import InputError
from lakhdb.engine.question import ask
from lakhdb.engine.report.report import write_report

VOID = {"meta", "br"}

# Attributes by which a page loads something, and what styles load by.
LOADING = {"src", "srcset", "poster", "data", "xlink:href", "background", "action", "formaction"}


class Page(HTMLParser):
    """Reads a page, and notes what is not closed, what is loaded, and the text of sections and cards."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.tags = [], [], []
        self.loads, self.links, self.troubles, self.events = [], [], [], []
        self.text = {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append((tag, dict(attributes)))
        for name, value in attributes:
            if name in LOADING:
                self.loads.append((tag, name, value))
            if name == "href":
                self.links.append(value)
            if name == "id":
                self.ids.append(value)
            if name.startswith("on"):
                self.events.append((tag, name))

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open[-1][0] != tag:
            self.troubles.append(f"</{tag}> at {self.getpos()} closes {self.open[-1:]}")
        else:
            self.open.pop()

    def handle_data(self, data):
        for tag, attributes in self.open:
            if tag == "section":
                section = attributes["id"]
                self.text[section] = f"{self.text.get(section, '')} {data}"


def read_page(path):
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    assert page.troubles == []
    assert page.open == []
    return page


@pytest.fixture
def report(tmp_path, matched):
    """Write a report of the matched database, and read it."""

    def report(**options):
        summary = write_report(matched, tmp_path / "report.html", **options)
        return summary, read_page(tmp_path / "report.html")

    return report


def collapse(text):
    return " ".join(text.replace("\u202f", " ").split())


def test_says_what_the_tables_say(report, matched):
    summary, page = report()
    (known,) = ask(
        matched,
        "SELECT (SELECT count(*) FROM matches) AS kept, (SELECT count(*) FROM alignments) AS accepted, "
        "(SELECT count(DISTINCT audio_id) FROM alignments) AS recordings",
    ).to_pylist()
    assert known["accepted"] == 8
    assert (summary.n_midi, summary.n_audio) == (8, 8)
    assert (summary.n_kept, summary.n_accepted) == (known["kept"], known["accepted"])
    overview = collapse(page.text["overview"])
    for words in (
        "8 MIDI files, 8 min 00 s of notes",
        "100 % of all pairs compared: 64 of 64",
        f"{known['accepted']} pairs accepted, of {known['kept']} kept",
        f"{known['recordings']} recordings with a MIDI file, 100 % of all",
        "1 files that could not be used",
    ):
        assert words in overview
    assert "What to do next" not in overview
    (failure,) = ask(matched, "SELECT reason, path FROM failures").to_pylist()
    assert failure["reason"] in page.text["failures"]
    assert failure["path"] in page.text["failures"]
    runs = collapse(page.text["runs"])
    assert "64 100 %" in runs
    settings, model = ask(matched, "SELECT settings, confidence_model FROM runs").to_pylist()[0].values()
    assert '"candidates": 100' in settings
    assert "candidates 100" in runs
    assert model in runs
    assert "duckdb" in runs


def test_shows_the_best_pairs_with_evidence_and_path(report, matched):
    summary, page = report(best=3)
    assert summary.n_best == 3
    assert page.tags.count("article") == 3 + summary.n_doubtful
    best = collapse(page.text["best"])
    rows = ask(
        matched,
        "SELECT midi.title, score, transposition, "
        "(audio_end_s - audio_start_s) / (midi_end_s - midi_start_s) AS tempo "
        "FROM matches JOIN midi USING (midi_id) WHERE rank = 1 AND audio_rank = 1 "
        "ORDER BY confidence DESC, cost LIMIT 3",
    ).to_pylist()
    shown = [best.index(row["title"]) for row in rows]
    assert shown == sorted(shown)
    for row in rows:
        assert f"score {row['score']:.2f}" in best
        assert row["transposition"] == 0
    assert best.count("same key") == 3
    ratios = [float(one) for one in re.findall(r"tempo ratio ([\d.]+)", best)]
    assert ratios == pytest.approx([row["tempo"] for row in rows], abs=0.01)
    assert best.count("the frames along the path differ by") == 3
    assert "played backwards" in best


def test_is_one_file_that_loads_nothing(report, tmp_path):
    _, page = report()
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.loads == []
    assert page.events == []
    assert {"script", "link", "img", "iframe", "object", "embed", "base"} & set(page.tags) == set()
    assert all(link.startswith("#") and link[1:] in page.ids for link in page.links)
    assert not re.search(r"url\(|@import|https?://", text)
    assert "default-src 'none'" in text


def test_names_from_files_are_only_text(report, matched, tmp_path):
    _, page = report()
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt; &amp; &quot;&lt;b&gt;&quot;" in text
    assert "<script" not in text
    assert '<b>"' not in text
    assert "\u202e" not in text
    assert "<script>alert('x')</script> & \"<b>\" \\u202egpj.exe" in page.text["best"]
    ask(matched, "UPDATE paths SET corpus = 'a <u>corpus</u>' WHERE kind = 'midi'", write=True)
    _, page = report()
    assert "a <u>corpus</u>" in page.text["files"]


def test_the_same_database_gives_the_same_bytes(report, tmp_path, truth):
    report(truth=[truth])
    first = (tmp_path / "report.html").read_bytes()
    report(truth=[truth])
    assert (tmp_path / "report.html").read_bytes() == first
    assert not (tmp_path / "report.html.tmp").exists()


def test_nothing_is_written_into_the_database(report, matched, read_tables, truth):
    before = read_tables(matched.folder)
    report(truth=[truth])
    assert read_tables(matched.folder) == before


def test_doubtful_pairs_are_drawn_though_no_path_is_stored(report, matched):
    wrong = "run_id = 1 AND midi_seq = 2 AND audio_seq = 3"
    assert ask(matched, f"SELECT count(*) AS n FROM match_rows WHERE {wrong}").to_pylist() == [{"n": 1}]
    ask(matched, f"UPDATE match_rows SET confidence = 0.45 WHERE {wrong}", write=True)
    ask(matched, "UPDATE match_rows SET confidence = 0.7 WHERE midi_seq = 4 AND audio_seq = 4", write=True)
    told = []
    summary, page = report(progress=lambda *step: told.append(step))
    assert summary.n_doubtful == 2
    assert told == [("aligning", 1, 2), ("aligning", 2, 2)]
    doubtful = collapse(page.text["doubtful"])
    assert doubtful.index("tune 1") < doubtful.index("tune 3")  # the nearest to 0.5 first
    assert "confidence 0.450" in doubtful
    assert "No path is stored below acceptance: this one was traced for the report" in doubtful
    assert doubtful.count("not accepted") == 1
    assert "2 of 2 pairs with a confidence from 0.1 to 0.9" in doubtful
    ask(matched, "DELETE FROM parts WHERE kind = 'constant_q'", write=True)
    _, page = report()
    assert "only the ends of the part that fits best are known" in collapse(page.text["doubtful"])


def test_a_truth_table_tells_right_from_wrong(report, truth):
    _, page = report(truth=[truth])
    told = collapse(page.text["truth"])
    assert "names 8 MIDI files and 8 recordings of the database" in told
    assert "8 are right" in told
    # The recordings of the last two tunes are said to be swapped, so two of the eight accepted are wrong.
    assert "Of 8 MIDI files, 75 % have a right recording first" in told
    assert "Accepted: 8 pairs, of which 6 are right (precision 0.750, recall 0.750)" in told
    assert told.index("Accepted, and wrong") < told.index("piece 6") < told.index("Right, and not accepted")
    best = collapse(page.text["best"])
    assert (best.count("right confidence"), best.count("wrong confidence")) == (6, 2)


def test_a_truth_table_of_some_files_leaves_the_others_open(report, write_truth):
    table = write_truth([("tune 0.mid", "a"), ("excerpt 0.wav", "a"), ("excerpt 1.wav", "")])
    _, page = report(truth=[table])
    assert "Of 1 MIDI files, 100 % have a right recording first" in collapse(page.text["truth"])
    best = collapse(page.text["best"])
    assert (best.count("right confidence"), best.count("wrong confidence")) == (1, 0)


def test_a_run_alone(report, matched):
    ask(
        matched,
        "INSERT INTO runs SELECT 2, started_at, NULL, settings, confidence_model, versions FROM runs; "
        "INSERT INTO coverage SELECT 2, settings, 1, 1, 1, 4 FROM coverage; "
        "INSERT INTO match_rows SELECT 2, * EXCLUDE (run_id) FROM match_rows "
        "WHERE midi_seq = 1 AND audio_seq = 1",
        write=True,
    )
    summary, page = report(run=2)
    assert (summary.n_kept, summary.n_accepted) == (1, 0)
    assert "4 of 64" in collapse(page.text["overview"])
    assert "not finished" in page.text["runs"]
    summary, page = report()
    assert summary.n_accepted == 7  # the later run compared the pair, and did not accept it
    assert "64 of 64" in collapse(page.text["overview"])


def test_an_empty_database_says_what_to_do_next(store, tmp_path):
    summary = write_report(store, tmp_path / "report.html")
    assert (summary.n_midi, summary.n_kept) == (0, 0)
    page = read_page(tmp_path / "report.html")
    for command in ("lmdb ingest midi FOLDER", "lmdb ingest audio FOLDER", "lmdb match"):
        assert command in page.text["overview"]
    assert set(page.text) == {"overview"}


def test_files_that_were_not_matched_are_to_be(both, tmp_path):
    write_report(both, tmp_path / "report.html")
    overview = read_page(tmp_path / "report.html").text["overview"]
    assert "lmdb match" in overview
    assert "lmdb ingest" not in overview


def test_refuses_a_run_that_is_not_there(report, store, tmp_path):
    with pytest.raises(InputError, match=r"there is no run 7; the database has run 1\."):
        report(run=7)
    with pytest.raises(
        InputError, match=r"there is no run 1: nothing has been matched yet; run `lmdb match`"
    ):
        write_report(store, tmp_path / "report.html", run=1)
    assert not (tmp_path / "report.html").exists()


def test_names_the_runs_there_are(report, matched):
    ask(
        matched,
        "INSERT INTO runs SELECT n, started_at, NULL, settings, confidence_model, versions "
        "FROM runs, range(2, 5) r(n)",
        write=True,
    )
    with pytest.raises(InputError, match=r"the database has runs 1, 2, 3 and 4\."):
        report(run=9)


def test_refuses_places_it_cannot_write_to(matched, tmp_path):
    with pytest.raises(InputError, match=r"there is no folder .*missing; make it"):
        write_report(matched, tmp_path / "missing" / "report.html")
    with pytest.raises(InputError, match="is a folder; name a file"):
        write_report(matched, tmp_path)


def test_an_old_page_stays_where_a_new_one_fails(report, tmp_path, write_truth):
    report()
    before = (tmp_path / "report.html").read_bytes()
    with pytest.raises(InputError, match="names no MIDI file of the database"):
        report(truth=[write_truth([("nowhere.mid", "a")])])
    assert (tmp_path / "report.html").read_bytes() == before


def test_refuses_numbers_below_none(report):
    with pytest.raises(InputError, match="best is -1; give 0 or more"):
        report(best=-1)
    with pytest.raises(InputError, match="doubtful is -1"):
        report(doubtful=-1)
