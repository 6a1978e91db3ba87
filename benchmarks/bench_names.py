"""How often artist and title are read right from paths, and text in the right encoding; how fast.

    python benchmarks/bench_names.py [--repeats 5]

Prints a JSON line for each list. Real data are found through LAKHDB_DATA (default ../shared/data): 300
paths of the Lakh MIDI Dataset with labels in ``tests/engine/names`` (half 1 was in view when the rules were
written, half 2 was not), clean_midi and uspop2002 with their own columns, names of Chinese songs; Japanese
and accented names of our own. "Right" compares letters and digits alone, without case, accents and a
leading article; "any order" the same words, surname first or last. Speed is in seconds of one processor,
whatever else it has to do.
"""

import argparse
import csv
import gzip
import io
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from figures import print_figure

from lakhdb.engine.names.encoding import decode_path, decode_texts
from lakhdb.engine.names.name import Name
from lakhdb.engine.names.paths import parse_path, parse_paths
from lakhdb.engine.names.tidy import squash

HERE = Path(__file__).resolve()
DATA = Path(os.environ.get("LAKHDB_DATA", HERE.parents[2] / "shared" / "data"))
LABELS = HERE.parents[1] / "tests" / "engine" / "names" / "labels.csv"
# Texts that one file holds, in the measure of texts decided together.
TEXTS_PER_FILE = 5
# fmt: off
JAPANESE = (
    "さくら", "愛してる", "世界に一つだけの花", "上を向いて歩こう", "津軽海峡・冬景色",
    "川の流れのように", "残酷な天使のテーゼ", "千本桜", "となりのトトロ", "もののけ姫",
    "崖の上のポニョ", "カントリー・ロード", "雪の華", "島唄", "糸", "時代", "卒業写真",
    "ルージュの伝言", "瑠璃色の地球", "チェリー", "楓", "天体観測", "夜空ノムコウ", "大都会", "舟唄",
    "天城越え", "喝采", "学園天国", "木綿のハンカチーフ", "夜に駆ける", "紅蓮華", "宇宙戦艦ヤマト",
    "銀河鉄道999", "名探偵コナン", "君が代", "荒城の月", "赤とんぼ", "ピアノ", "ドラム", "ギター",
    "ベース", "メロディー", "中島みゆき", "宇多田ヒカル", "美空ひばり", "スピッツ", "坂本九", "久石譲",
    "表示ソフト", "ﾋﾟｱﾉ", "ﾄﾞﾗﾑ",
)
ACCENTED = (
    "Édith Piaf", "Björk", "Sigur Rós", "Mötley Crüe", "Motörhead", "Queensrÿche", "Beyoncé",
    "Céline Dion", "Françoise Hardy", "Für Elise", "Où sont les femmes", "Ne me quitte pas, chérie",
    "Voilà l'été", "Ça plane pour moi", "Señorita", "Mañana", "Corazón espinado",
    "Quizás, quizás, quizás", "Bésame mucho", "El cóndor pasa", "¿Quién será?", "João Gilberto",
    "Antônio Carlos Jobim", "Águas de março", "Garota de Ipanema (versão)", "Chão de giz",
    "Canção da América", "Coração de estudante", "Über sieben Brücken", "Die Ärzte", "Männer",
    "Schöne Grüße aus München", "Ein bißchen Frieden", "Größenwahn", "Tränen lügen nicht",
    "Città vuota", "Perché no", "È la mia vita", "Felicità", "Più bella cosa", "Così celeste",
    "La solitudine è qui", "Håll om mig", "Räkna med mig", "Så länge du älskar mig",
    "Fångad av en stormvind", "Kærlighed", "Smuk som et stjerneskud på", "Løgn", "Señor Tren", "Años",
    "Niño", "Déjà vu", "À bientôt", "L'été indien", "Hélène", "Noël", "Crème brûlée", "Don’t stop",
    "Rock ’n’ Roll",
)
# fmt: on


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5, help="passes, of which the median time counts")
    repeats = parser.parse_args().repeats
    if not DATA.is_dir():
        parser.error(f"no real data at {DATA}; name its folder in LAKHDB_DATA")
    judge_labels()
    judge_list("clean_midi", read_table("clean_midi.tsv.gz"), repeats)
    judge_list("uspop2002", read_table("uspop2002.tsv"), repeats)
    judge_encodings()


def read_table(name: str) -> list[dict[str, str]]:
    """Rows of one of the lists."""
    data = (DATA / "text" / name).read_bytes()
    text = (gzip.decompress(data) if name.endswith(".gz") else data).decode()
    # Only clean_midi is written with quotes.
    quoting = csv.QUOTE_MINIMAL if name.startswith("clean_midi") else csv.QUOTE_NONE
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter="\t", quoting=quoting))


def judge_labels() -> None:
    """Precision and recall on the labelled paths: each path alone, and all of the table together."""
    paths = {row["md5"]: row["path"] for row in read_table("lmd_paths.tsv")}
    with LABELS.open(encoding="utf-8", newline="") as file:
        labels = list(csv.DictReader(file))
    together = dict(zip(paths, parse_paths(list(paths.values())), strict=True))
    for half in ("1", "2"):
        rows = [row for row in labels if row["half"] == half]
        alone = {row["md5"]: parse_path(paths[row["md5"]]) for row in rows}
        for way, names in (("alone", alone), ("together", together)):
            figures = {}
            for field in ("artist", "title"):
                pairs = [(getattr(names[row["md5"]], field), row[field]) for row in rows]
                n_right = sum(bool(given) and is_same(given, label) for given, label in pairs)
                figures[f"{field}_precision"] = round(n_right / sum(bool(given) for given, _ in pairs), 4)
                figures[f"{field}_recall"] = round(n_right / sum(bool(label) for _, label in pairs), 4)
            print_figure("names_labels", half=int(half), paths=way, n=len(rows), **figures)


def judge_list(name: str, rows: list[dict[str, str]], repeats: int) -> None:
    """Share of names read right of a list that has a path beside artist and title, and paths a second."""
    paths = [row["path"] for row in rows]
    for way, read in (("alone", read_alone), ("together", parse_paths)):
        names = read(paths)
        pairs = list(zip(names, rows, strict=True))
        shares = {
            "artist": sum(is_same(got.artist, row["artist"]) for got, row in pairs),
            "artist_any_order": sum(has_same_words(got.artist, row["artist"]) for got, row in pairs),
            "title": sum(is_same(got.title, row["title"]) for got, row in pairs),
        }
        print_figure(
            "names_list",
            list=name,
            paths=way,
            n=len(rows),
            **{field: round(n_right / len(rows), 4) for field, n_right in shares.items()},
            paths_per_cpu_s=round(len(rows) / time_median_s(lambda read=read: read(paths), repeats)),
        )


def read_alone(paths: list[str]) -> list[Name]:
    """Names of paths, each read by itself."""
    return [parse_path(path) for path in paths]


def time_median_s(run: Callable[[], object], repeats: int) -> float:
    """Median processor time of several runs."""
    times_s = []
    for _ in range(repeats):
        start_s = time.process_time()
        run()
        times_s.append(time.process_time() - start_s)
    return statistics.median(times_s)


def judge_encodings() -> None:
    """Share of names decoded right, alone and several of one file together."""
    with (DATA / "pop909.csv").open(encoding="utf-8", newline="") as file:
        songs = list(csv.DictReader(file))
    chinese = sorted({song[field] for song in songs for field in ("title", "artist")})
    rows = [*read_table("cal10k.tsv.gz"), *read_table("clean_midi.tsv.gz")]
    found = {row[field] for row in rows for field in ("artist", "title")}
    found |= {row["path"] for row in read_table("lmd_paths.tsv")}
    accented = [*sorted(found), *ACCENTED]
    samples = {
        "gb18030": chinese,
        "cp932": list(JAPANESE),
        "cp1252": accented,
        "utf-8": [*chinese, *JAPANESE, *accented],
    }
    for encoding, texts in samples.items():
        kept = [text for text in texts if not text.isascii() and can_encode(text, encoding)]
        raw = [text.encode(encoding) for text in kept]
        alone = [decode_path(text) for text in raw]
        together = [
            text
            for place in range(0, len(raw), TEXTS_PER_FILE)
            for text in decode_texts(raw[place : place + TEXTS_PER_FILE])
        ]
        print_figure(
            "names_encoding",
            encoding=encoding,
            n=len(kept),
            alone=round(sum(map(str.__eq__, alone, kept)) / len(kept), 4),
            together=round(sum(map(str.__eq__, together, kept)) / len(kept), 4),
        )


def can_encode(text: str, encoding: str) -> bool:
    """Whether an encoding has all characters of a text."""
    return text.encode(encoding, "ignore").decode(encoding) == text


def is_same(given: str | None, label: str) -> bool:
    """Same letters and digits, but for an article before them."""
    return squash(given or "").removeprefix("the") == squash(label).removeprefix("the")


def has_same_words(given: str | None, label: str) -> bool:
    """Same words in any order."""
    return is_same(given, label) or list_words(given or "") == list_words(label)


def list_words(name: str) -> list[str]:
    """Words of a name, sorted; underscores and commas part words, too."""
    return sorted(filter(None, map(squash, name.replace(",", " ").replace("_", " ").split())))


if __name__ == "__main__":
    main()
