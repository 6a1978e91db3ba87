"""The predecessor's way to find names: a Whoosh index for each list, artist AND title, score above 20."""

from pathlib import Path

import pyarrow as pa
from whoosh import analysis, fields, index, qparser, query
from whoosh.support.charset import accent_map

__all__ = ["find_pairs"]

# The predecessor's threshold; of a query's hits it saw the first ten, which is Whoosh's default.
LEAST_SCORE = 20


def find_pairs(midi: pa.Table, lists: dict[str, pa.Table], folder: Path) -> set[tuple[int, str, int]]:
    """Find the entries of lists for each MIDI name, every spelling asked for once.

    Parameters
    ----------
    midi : pyarrow.Table
        id, artist, title.
    lists : dict of str to pyarrow.Table
        The same for each list.
    folder : Path
        Where the indices shall lie.

    Returns
    -------
    set of tuple
        MIDI id, name of the list, id in the list.
    """
    analyzer = analysis.StemmingAnalyzer() | analysis.CharsetFilter(accent_map)
    text = {"stored": True, "analyzer": analyzer}
    schema = fields.Schema(id=fields.ID(stored=True), artist=fields.TEXT(**text), title=fields.TEXT(**text))
    ids_by_name: dict[tuple[str, str], list[int]] = {}
    for row in midi.to_pylist():
        ids_by_name.setdefault((row["artist"], row["title"]), []).append(row["id"])
    pairs = set()
    for name, table in lists.items():
        (folder / name).mkdir()
        searched = index.create_in(folder / name, schema)
        writer = searched.writer()
        for row in table.to_pylist():
            writer.add_document(id=str(row["id"]), artist=row["artist"], title=row["title"])
        writer.commit()
        artist_parser, title_parser = (qparser.QueryParser(field, schema) for field in ("artist", "title"))
        with searched.searcher() as searcher:
            for (artist, title), ids in ids_by_name.items():
                hits = searcher.search(query.And([artist_parser.parse(artist), title_parser.parse(title)]))
                found = [int(hit["id"]) for hit in hits if hit.score > LEAST_SCORE]
                pairs.update((midi_id, name, audio_id) for midi_id in ids for audio_id in found)
    return pairs
