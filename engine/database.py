"""The database as Python users meet it: a method for each command, with the command's options."""

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from .evaluate.names import DEFAULT_METHODS, WHOLE
from .options import DEFAULT_CANDIDATES, DEFAULT_RECALL
from .store import Store, open_store

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from .embed import EmbedSummary
    from .evaluate.catalogue import Catalogue
    from .evaluate.report import MatchingReport
    from .export.frames import FramesSummary
    from .export.jams import JamsSummary
    from .export.lmd import LmdSummary
    from .ingest.collect import IngestSummary
    from .ingest.lmd import LmdIngestSummary
    from .ingest.metadata import MetadataSummary
    from .match import MatchSummary
    from .models import Side
    from .progress import Progress
    from .report.report import ReportSummary
    from .similar.copies import SimilarFiles
    from .similar.dedup import DedupSummary
    from .spaces.exporting import VectorsSummary
    from .spaces.importing import SpaceSummary

__all__ = ["Database", "open"]

AnyPath = str | PathLike[str]


def open(path: AnyPath = "lakh.lmdb", *, create: bool = True) -> "Database":
    """Open the database in a folder; make it if it is not there, unless `create` is false.

    Raises
    ------
    DatabaseError
        If it is not there, not a database, damaged, or written by a newer version.
    """
    return Database(open_store(Path(path), create=create))


class Database:
    """A database of MIDI files, recordings and what is known of them.

    Nothing is held open between calls: several processes may read while one writes. Each method imports its
    step when it is called, for commands to start quickly.
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    def __repr__(self) -> str:
        return f"<lakhdb database at {self.store.folder}>"

    def ingest_midi(
        self,
        paths: Sequence[AnyPath],
        *,
        corpus: str | None = None,
        jobs: int | None = None,
        progress: "Progress | None" = None,
    ) -> "IngestSummary":
        """Bring MIDI files in: folders of any depth, zip archives, single files. Known content is skipped."""
        from .ingest.midi import ingest_midi

        return ingest_midi(self.store, _to_paths(paths), corpus=corpus, jobs=jobs, progress=progress)

    def ingest_audio(
        self,
        paths: Sequence[AnyPath],
        *,
        corpus: str | None = None,
        jobs: int | None = None,
        progress: "Progress | None" = None,
    ) -> "IngestSummary":
        """Bring recordings in: folders of any depth, zip archives, single files. Known content is skipped."""
        from .ingest.audio import ingest_audio

        return ingest_audio(self.store, _to_paths(paths), corpus=corpus, jobs=jobs, progress=progress)

    def ingest_metadata(
        self,
        file: AnyPath,
        *,
        corpus: str,
        side: "Side | None" = None,
        progress: "Progress | None" = None,
    ) -> "MetadataSummary":
        """Bring in a list of names, whether its files are here or not; the same list again replaces it."""
        from .ingest.metadata import ingest_metadata

        return ingest_metadata(self.store, Path(file), corpus=corpus, side=side, progress=progress)

    def ingest_lmd(
        self,
        folder: AnyPath,
        *,
        corpus: str | None = None,
        jobs: int | None = None,
        progress: "Progress | None" = None,
    ) -> "LmdIngestSummary":
        """Bring in a tree of the Lakh MIDI Dataset; its scores become a run of their own."""
        from .ingest.lmd import ingest_lmd

        return ingest_lmd(self.store, Path(folder), corpus=corpus, jobs=jobs, progress=progress)

    def embed(self, *, progress: "Progress | None" = None) -> "EmbedSummary":
        """Compute hash sequences and window vectors by the model in use for all items that lack them."""
        from .embed import embed

        return embed(self.store, progress=progress)

    def match(
        self,
        *,
        midi_corpus: str | None = None,
        audio_corpus: str | None = None,
        candidates: int | None = DEFAULT_CANDIDATES,
        transpose: int = 0,
        recall: float = DEFAULT_RECALL,
        progress: "Progress | None" = None,
    ) -> "MatchSummary":
        """Compare what no run with the same settings has compared; `candidates` None prunes nothing."""
        from .match import match

        return match(
            self.store,
            midi_corpus=midi_corpus,
            audio_corpus=audio_corpus,
            candidates=candidates,
            transpose=transpose,
            recall=recall,
            progress=progress,
        )

    def query(
        self,
        target: AnyPath,
        *,
        against: str | None = None,
        k: int = 10,
        candidates: int | None = DEFAULT_CANDIDATES,
        transpose: int = 0,
        recall: float = DEFAULT_RECALL,
        weights: Mapping[str, float] | None = None,
        progress: "Progress | None" = None,
    ) -> "pa.Table":
        """Rank what resembles a file, an item (by id) or a text, best first; nothing is written."""
        from .query import query

        return query(
            self.store,
            str(target),
            against=against,
            k=k,
            candidates=candidates,
            transpose=transpose,
            recall=recall,
            weights=weights,
            progress=progress,
        )

    def similar(
        self,
        midi: AnyPath,
        *,
        k: int = 10,
        candidates: int | None = DEFAULT_CANDIDATES,
        recall: float = DEFAULT_RECALL,
        weights: Mapping[str, float] | None = None,
        progress: "Progress | None" = None,
    ) -> "SimilarFiles":
        """Rank the MIDI files most like a MIDI file, one of the database (by id), or each of a folder."""
        from .similar.copies import SimilarFiles

        rows = self.query(
            midi,
            against="midi",
            k=k,
            candidates=candidates,
            recall=recall,
            weights=weights,
            progress=progress,
        )
        return SimilarFiles(rows)

    def dedup(self, *, corpus: str | None = None, progress: "Progress | None" = None) -> "DedupSummary":
        """Find copies and versions among all MIDI files, comparing those that came since the last time."""
        from .similar.dedup import dedup

        return dedup(self.store, corpus=corpus, progress=progress)

    def clusters(self) -> "pa.Table":
        """List the clusters of copies and versions of the last `dedup`: the view ``midi_clusters``."""
        from .similar.clusters import list_clusters

        return list_clusters(self.store)

    def export_dedup(
        self, *, corpus: str | None = None, one_version: bool = False, out: AnyPath | None = None
    ) -> "pa.Table":
        """List the MIDI files to keep: of copies the best one, and of versions all, or one."""
        from .similar.keep import export_dedup

        return export_dedup(
            self.store, corpus=corpus, one_version=one_version, out=None if out is None else Path(out)
        )

    def export_lmd(
        self,
        folder: AnyPath,
        *,
        min_confidence: float = 0.0,
        link: bool = False,
        progress: "Progress | None" = None,
    ) -> "LmdSummary":
        """Write MIDI files, pairs and aligned MIDI files as the Lakh MIDI Dataset is laid out."""
        from .export.lmd import export_lmd

        return export_lmd(
            self.store, Path(folder), min_confidence=min_confidence, link=link, progress=progress
        )

    def export_jams(
        self, folder: AnyPath, *, min_confidence: float = 0.0, progress: "Progress | None" = None
    ) -> "JamsSummary":
        """Write a JAMS file for each recording, from every accepted MIDI file of it."""
        from .export.jams import export_jams

        return export_jams(self.store, Path(folder), min_confidence=min_confidence, progress=progress)

    def export_frames(
        self,
        folder: AnyPath,
        *,
        size: int = 4096,
        rate: int = 44_100,
        hop: int | None = None,
        per_recording: int | None = None,
        split: Sequence[float] = (0.8, 0.1, 0.1),
        min_confidence: float = 0.0,
        seed: int = 0,
        progress: "Progress | None" = None,
    ) -> "FramesSummary":
        """Write windows of recordings with the notes that sound in their middle, split by composition."""
        from .export.frames import export_frames

        return export_frames(
            self.store,
            Path(folder),
            size=size,
            rate=rate,
            hop=hop,
            per_recording=per_recording,
            split=split,
            min_confidence=min_confidence,
            seed=seed,
            progress=progress,
        )

    def report(
        self,
        out: AnyPath,
        *,
        run: int | None = None,
        truth: Sequence[AnyPath] = (),
        best: int = 12,
        doubtful: int = 12,
        progress: "Progress | None" = None,
    ) -> "ReportSummary":
        """Write one page about the database that opens in any browser, offline."""
        from .report.report import write_report

        return write_report(
            self.store,
            Path(out),
            run=run,
            truth=_to_paths(truth),
            best=best,
            doubtful=doubtful,
            progress=progress,
        )

    def eval_matching(
        self,
        truth: Sequence[AnyPath],
        *,
        midi_corpus: str | None = None,
        audio_corpus: str | None = None,
        methods: Sequence[str] = DEFAULT_METHODS,
        cases: Sequence[str] = (WHOLE,),
        queries: int | None = None,
        candidates: int | None = DEFAULT_CANDIDATES,
        transpose: int = 0,
        baselines: AnyPath | None = None,
        distractors: "Catalogue | None" = None,
        seed: int = 0,
        out: AnyPath | None = None,
        progress: "Progress | None" = None,
    ) -> "MatchingReport":
        """Measure how well methods find the right recordings of MIDI files; nothing is written here."""
        from .evaluate.matching import eval_matching

        return eval_matching(
            self.store,
            _to_paths(truth),
            midi_corpus=midi_corpus,
            audio_corpus=audio_corpus,
            methods=methods,
            cases=cases,
            queries=queries,
            candidates=candidates,
            transpose=transpose,
            baselines=None if baselines is None else Path(baselines),
            distractors=distractors,
            seed=seed,
            out=None if out is None else Path(out),
            progress=progress,
        )

    def sql(self, statement: str, *, write: bool = False) -> "duckdb.DuckDBPyRelation":
        """Ask one question in SQL over the tables and views; `write` allows any statements.

        The answer is a relation that no longer depends on the database: ``.df()``, ``.fetchall()``,
        ``.to_arrow_table()``.
        """
        import duckdb

        from .question import ask

        return duckdb.connect().from_arrow(ask(self.store, statement, write=write))

    def show(self, midi_id: str, audio_id: str | None = None) -> "pa.Table":
        """Tell all about an item, or about a pair of them."""
        from .show import show

        return show(self.store, midi_id, audio_id)

    def import_vectors(
        self,
        file: AnyPath,
        *,
        name: str,
        names: AnyPath | None = None,
        replace: bool = False,
        progress: "Progress | None" = None,
    ) -> "SpaceSummary":
        """Bring embeddings of another system in, as a space with a name; no pickle in the file is run."""
        from .spaces.importing import import_vectors

        names = None if names is None else Path(names)
        return import_vectors(
            self.store, Path(file), name=name, names=names, replace=replace, progress=progress
        )

    def search_vectors(
        self,
        query: AnyPath,
        *,
        space: str,
        k: int = 10,
        exact: bool = True,
        progress: "Progress | None" = None,
    ) -> "pa.Table":
        """Rank the embeddings of a space by cosine similarity with one of them, or with one in a file."""
        from .spaces.search import search_space

        return search_space(self.store, str(query), space=space, k=k, exact=exact, progress=progress)

    def export_vectors(
        self, out: AnyPath, *, space: str | None = None, progress: "Progress | None" = None
    ) -> "VectorsSummary":
        """Write the embeddings of a space, or ours, as rows of a name and a vector that midisim reads."""
        from .spaces.exporting import export_vectors

        return export_vectors(self.store, Path(out), space=space, progress=progress)

    def vector_spaces(self) -> "pa.Table":
        """List the spaces of embeddings that were brought in."""
        from .spaces.catalog import list_spaces

        return list_spaces(self.store)

    def remove_vectors(self, name: str) -> None:
        """Let go of a space of embeddings."""
        from .spaces.importing import forget_space

        forget_space(self.store, name)

    def status(self) -> "pa.Table":
        """Count what the database holds."""
        from .status import count

        return count(self.store)

    def failures(self, *, retry: bool = False) -> "pa.Table":
        """List the files that could not be used; `retry` has the next ingest try them again."""
        from .failures import list_failures

        return list_failures(self.store, retry=retry)

    def forget(self, targets: Sequence[AnyPath] = (), *, missing: bool = False) -> "pa.Table":
        """Remove paths, and the items left without any; `missing` takes all that have vanished."""
        from .forget import forget

        return forget(self.store, [str(target) for target in targets], missing=missing)

    def verify(self, *, repair: bool = False, progress: "Progress | None" = None) -> "pa.Table":
        """Check parts, rows and index against each other; `repair` sweeps up and rebuilds."""
        from .verify import verify

        return verify(self.store, repair=repair, progress=progress)


def _to_paths(paths: Sequence[AnyPath]) -> list[Path]:
    return [Path(path) for path in paths]
