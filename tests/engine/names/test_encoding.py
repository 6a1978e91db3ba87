import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakhdb.engine.names.encoding import decode_path, decode_texts

TEXTS = {
    "utf-8": ["Für Elise", "周杰伦 - 青花瓷", "さくら", "Калинка", "사랑해"],
    "cp1252": [
        "Coração Vazio",
        "Pavone Rita Alla Mia Età",
        "O Que É, O Que É",
        "Für Elise",
        "Don’t Stop",
        "¿Qué será?",
    ],
    "cp932": [
        "さくら",
        "津軽海峡・冬景色",
        "ドラゴンクエスト 序曲",
        "表示ソフト",
        "First Love 初恋",
        "ﾋﾟｱﾉ 伴奏",
    ],
    "gbk": ["月亮代表我的心", "青花瓷 - 周杰伦", "为你我受冷风吹", "钢琴", "主旋律"],
    "big5": ["月亮代表我的心", "海闊天空", "讓我歡喜讓我憂"],
    "cp949": ["사랑했지만", "너의 의미", "피아노", "서른 즈음에"],
    "cp1251": ["Подмосковные вечера", "Калинка", "Группа крови"],
}


@pytest.mark.parametrize(
    ("encoding", "text"), [(key, text) for key, texts in TEXTS.items() for text in texts]
)
def test_decodes_one_text(encoding, text):
    assert decode_path(text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", TEXTS)
def test_decodes_the_texts_of_a_file_together(encoding):
    raw = [text.encode(encoding) for text in TEXTS[encoding]]
    assert decode_texts([b"Piano", *raw, b""]) == ["Piano", *TEXTS[encoding], ""]


def test_one_text_decides_for_the_others():
    # Alone, the second reads as Latin-1 or Korean as well.
    assert decode_texts(["搁浅".encode("gbk"), "月亮代表我的心".encode("gbk")])[0] == "搁浅"


def test_removes_nuls_and_controls():
    assert decode_texts([b"Pi\0ano\0\0", b"a\r\nb\rc\x07\x7f", "x\x85é".encode()]) == [
        "Piano",
        "a\nb\nc",
        "xé",
    ]


def test_leaves_out_what_cannot_be_decoded():
    cut = "月亮代表我的心".encode()[:-1]  # a length byte may cut a character
    assert decode_path(cut) == "月亮代表我的"


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_decodes_anything(raw):
    texts = decode_texts(raw)
    assert len(texts) == len(raw)
    for text in texts:
        text.encode("utf-8")
        assert "\0" not in text


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_ascii_stays(text):
    assert decode_path(text.encode()) == text


def test_decodes_titles_of_chinese_songs(shared_data):
    with (shared_data / "pop909.csv").open(encoding="utf-8", newline="") as file:
        titles = sorted({row["title"] for row in csv.DictReader(file) if not row["title"].isascii()})
    n_right = sum(decode_path(title.encode("gb18030")) == title for title in titles)
    assert n_right / len(titles) > 0.97
