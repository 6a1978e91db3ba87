"""Arguments whose bytes are not UTF-8, wherever they would reach the database."""

import pytest

from lakhdb.engine.database import Database
from lakhdb.engine.errors import InputError

CAFE = "caf\udce9"


@pytest.mark.parametrize(
    "use",
    [
        lambda db, tmp_path: db.ingest_midi([tmp_path], corpus=CAFE),
        lambda db, tmp_path: db.ingest_audio([tmp_path], corpus=CAFE),
        lambda db, tmp_path: db.ingest_metadata(tmp_path / "list.csv", corpus=CAFE),
        lambda db, tmp_path: db.match(midi_corpus=CAFE),
        lambda db, tmp_path: db.match(audio_corpus=CAFE),
        lambda db, tmp_path: db.query(CAFE),
        lambda db, tmp_path: db.sql(f"SELECT '{CAFE}'"),
    ],
)
def test_is_refused_in_a_sentence(store, tmp_path, use):
    with pytest.raises(InputError, match=r"not UTF-8: .*caf\\udce9.*; write it in UTF-8"):
        use(Database(store), tmp_path)
