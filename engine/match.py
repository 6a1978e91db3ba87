"""Match: every MIDI item against every recording that it has not met, by the cascade."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lakhdb.kernels.constant_q import FRAME_S
from lakhdb.sql import read_query

from .alignment import Trace, trace_path
from .candidate_evidence import gather_evidence
from .cascade import DEFAULT_CANDIDATES, Ranking, Stage, run_cascade
from .confidence import estimate_confidence
from .device import choose_device
from .embed import embed_missing
from .errors import InputError
from .evidence import EVIDENCE, Evidence
from .feature_cache import FeatureCache
from .index import WindowIndex
from .index_files import EXACT_BELOW, load_index
from .ingest.names import refresh_names
from .lock import hold_writer_lock
from .options import DEFAULT_RECALL, check_options
from .pairs import PAIR, Pairs, Probe, place_pair
from .progress import Progress
from .ranges import Block, Ranges, find_uncovered, merge_ranges, to_ranges
from .reader import FeatureReader
from .refine_matches import PlacedPair
from .runs import Run, describe_settings, insert_rows, insert_stages, list_coverage, list_items, take_up_run
from .segments import Segment
from .songs import pair_songs
from .store import Store
from .text import check_text
from .text_candidates import Late, list_late_pairs, read_text_stages

__all__ = ["MatchSummary", "match"]

# Pairs that are kept of each MIDI item, and the score from which all are.
KEPT_PAIRS = 25
KEPT_SCORE = 0.5

# A batch is computed in about this time, so that little is lost when a run is cut off.
BATCH_S = 10.0
FIRST_BATCH, LARGEST_BATCH = 4, 64

SEGMENT_COLUMNS = pa.schema(
    [
        *((name, pa.int64()) for name in ("run_id", "midi_seq", "audio_seq", "segment")),
        *((f"{name}_s", pa.float64()) for name in ("midi_start", "midi_end", "audio_start", "audio_end")),
        ("is_aligned", pa.bool_()),
        ("confidence", pa.float64()),
    ]
)


@dataclass(frozen=True)
class MatchSummary:
    """What a call of `match` did.

    Attributes
    ----------
    run_id : int or None
        None if there was nothing left to compare by content.
    n_named : int
        Pairs of songs newly found by their names, of files and of entries of lists.
    n_midi, n_audio : int
        Items that met items they had not met before.
    n_pairs : int
        Pairs newly covered.
    n_late : int
        Pairs that are the same song by their names since a run compared their items.
    n_rescored : int
        Pairs compared by constant-Q DTW.
    n_accepted : int
        Pairs whose confidence reaches `accept`; their alignments are stored.
    seconds : float
    """

    run_id: int | None
    n_named: int
    n_midi: int
    n_audio: int
    n_pairs: int
    n_late: int
    n_rescored: int
    n_accepted: int
    seconds: float

    def __str__(self) -> str:
        if self.run_id is None and self.n_named:
            return (
                f"Pairs of songs found by their names: {self.n_named} (view name_matches). Nothing to match "
                "by content: all files have been compared with these settings."
            )
        if self.run_id is None:
            return "Nothing to match: all pairs have been compared with these settings."
        if not self.n_midi:
            what = f"took up {self.n_late} pairs for their new names ({self.n_rescored} rescored)"
        else:
            late = f", {self.n_late} more for their new names" if self.n_late else ""
            what = (
                f"compared {self.n_midi} MIDI files with {self.n_audio} recordings "
                f"({self.n_pairs} pairs{late}, {self.n_rescored} rescored)"
            )
        return f"Run {self.run_id} {what} in {self.seconds:.1f} s: {self.n_accepted} pairs accepted."


def match(
    store: Store,
    *,
    midi_corpus: str | None = None,
    audio_corpus: str | None = None,
    candidates: int | None = DEFAULT_CANDIDATES,
    transpose: int = 0,
    accept: float = 0.5,
    recall: float = DEFAULT_RECALL,
    exact_below: int = EXACT_BELOW,
    progress: Progress | None = None,
) -> MatchSummary:
    """Match what no earlier run with the same settings has compared, and write it back batch by batch.

    Items that the model in use has not described yet are embedded first.

    Parameters
    ----------
    store : Store
    midi_corpus, audio_corpus : str, optional
        Only items of these corpora.
    candidates : int or None
        Recordings rescored for each MIDI item; None for all.
    transpose : int
        Try up to so many semitones both ways, 0 to 12.
    accept : float
        Confidence, 0 to 1, from which a pair is aligned.
    recall : float
        Share of the best candidates, 0 to 1, that an approximate search of windows is to find.
    exact_below : int
        Windows from which candidates are searched by an approximate index.
    progress : Progress, optional
        Told of stage ``"match"``, in MIDI items.

    Raises
    ------
    InputError
        If an option is out of range, or there is no such corpus.
    ModelError
        If the model cannot be loaded.
    DatabaseBusyError
        If another process is writing.
    """
    check_options(candidates, transpose, recall)
    check_text("the corpus of MIDI files", midi_corpus)
    check_text("the corpus of recordings", audio_corpus)
    if not 0 <= accept <= 1:
        raise InputError(f"accept is {accept}; give a confidence from 0 to 1.")
    started = time.monotonic()
    with hold_writer_lock(store.folder):
        embed_missing(store, progress=progress)
        load_index(store, "midi", exact_below=exact_below, progress=progress)  # queries write nothing
        n_named = _compare_names(store, progress)
        step = _Matcher(store, candidates, transpose, accept, progress)
        todo = step.plan(midi_corpus, audio_corpus)
        if candidates is not None and todo:
            step.index = load_index(store, "audio", exact_below=exact_below, recall=recall, progress=progress)
        for block in todo:
            step.run_block(block, is_last=block is todo[-1])
        step.run_late()
    return step.summarise(todo, n_named, time.monotonic() - started)


def _compare_names(store: Store, progress: Progress | None) -> int:
    """Find new pairs of songs by name; return their number."""
    with store.writing() as con:
        refresh_names(con)  # an ingest may have been cut off before it came to that
        before = _count_song_pairs(con)
    pair_songs(store, progress=progress)
    with store.reading() as con:
        return max(_count_song_pairs(con) - before, 0)


def _count_song_pairs(con: duckdb.DuckDBPyConnection) -> int:
    ((n_pairs,),) = con.execute(read_query("songs/count_pairs")).fetchall()
    return int(n_pairs)


@dataclass(frozen=True)
class _Kept:
    """What is written of one MIDI item's ranking.

    Attributes
    ----------
    stages : tuple of Stage
    n_rescored : int
    pairs : array of `PAIR`, shape (n,)
        Best first.
    evidence : array of `EVIDENCE`, shape (n,)
    confidence : float64, shape (n,)
    is_accepted : bool, shape (n,)
    segments : list of list of Segment
    traces : list of Trace
        Of the accepted ones.
    """

    stages: tuple[Stage, ...]
    n_rescored: int
    pairs: Pairs
    evidence: Evidence
    confidence: npt.NDArray[np.float64]
    is_accepted: npt.NDArray[np.bool_]
    segments: list[list[Segment]] = field(default_factory=list)
    traces: list[Trace] = field(default_factory=list)


class _Matcher:
    """One call of `match`: what it compares, and how each batch is computed and written."""

    def __init__(
        self, store: Store, candidates: int | None, transpose: int, accept: float, progress: Progress | None
    ) -> None:
        self.store = store
        self.candidates = candidates
        self.transpose = transpose
        self.accept = accept
        self.progress = progress
        self.settings = describe_settings(candidates=candidates, transpose=transpose, accept=accept)
        self.device = choose_device()
        self.cache: FeatureCache[npt.NDArray[np.uint8]] = FeatureCache()
        self.index: WindowIndex | None = None
        self.run = Run(None, self.settings)
        self.late: dict[int, Late] = {}
        self.batch_size = min(FIRST_BATCH, LARGEST_BATCH)
        self.n_todo = self.n_done = self.n_rescored = self.n_accepted = 0

    def plan(self, midi_corpus: str | None, audio_corpus: str | None) -> list[Block]:
        """Find what is left to compare, and the run to do it in."""
        with self.store.reading() as con:
            midi = list_items(con, "midi", midi_corpus)
            audio = list_items(con, "audio", audio_corpus)
            coverage = list_coverage(con, self.settings)
            for name, corpus, items in (("MIDI file", midi_corpus, midi), ("recording", audio_corpus, audio)):
                if corpus is not None and not items.size:
                    raise InputError(f"no {name} is in a corpus named {corpus}; `lmdb status` lists them.")
            todo = find_uncovered(
                to_ranges(midi.tolist()), to_ranges(audio.tolist()), [row for _, row in coverage]
            )
            self.late = list_late_pairs(con, self.settings, midi, audio)
            midi_todo = merge_ranges(row for block in todo for row in block.midi)
            self.run = take_up_run(con, self.settings, coverage, midi_todo or to_ranges(self.late))
        self.n_todo = sum(_count(block.midi) for block in todo)
        return todo

    def run_block(self, block: Block, *, is_last: bool) -> None:
        """Compare the MIDI items of a block with its recordings, batch by batch."""
        queries, items = _expand(block.midi), _expand(block.audio)
        index = None if self.index is None else self.index.within(items)
        at = 0
        while at < queries.size:
            started = time.monotonic()
            batch = queries[at : at + self.batch_size]
            at += batch.size
            with self.store.reading() as con:
                reader = FeatureReader(con, self.cache)
                named = read_text_stages(con, batch.tolist(), items)
                kept = self._compare(reader, index, batch, items, named, self.candidates)
            with self.store.writing() as con:
                self._write(con, batch, kept)
                self.run.cover(con, batch.tolist(), block.audio)
                if is_last and at == queries.size:
                    self.run.finish(con)
            self.n_done += batch.size
            if self.progress is not None:
                self.progress("match", self.n_done, self.n_todo)
            # Batches differ in size from run to run; what is written does not depend on it.
            pace = BATCH_S / max(time.monotonic() - started, 1e-3)
            self.batch_size = int(
                np.clip(round(batch.size * pace), 1, min(LARGEST_BATCH, 2 * self.batch_size))
            )

    def run_late(self) -> None:
        """Take up pairs that were named after a run had covered them; what it kept is compared already."""
        late = list(self.late.items())
        if late and self.run.run_id is not None and self.n_done:
            self.run = Run(None, self.settings)  # a MIDI item is ranked once in a run
        for at in range(0, len(late), LARGEST_BATCH):
            batch = late[at : at + LARGEST_BATCH]
            with self.store.reading() as con:
                reader = FeatureReader(con, self.cache)
                compared = [self._compare_late(reader, midi_seq, one) for midi_seq, one in batch]
            with self.store.writing() as con:
                self._write(con, np.array([midi_seq for midi_seq, _ in batch]), compared)
                for midi_seq, one in batch:
                    if one.elsewhere.size:
                        self.run.cover(con, [midi_seq], to_ranges(one.elsewhere.tolist()))
                if at + LARGEST_BATCH >= len(late):
                    self.run.finish(con)
            if self.progress is not None:
                self.progress("names", at + len(batch), len(late))

    def _compare_late(self, reader: FeatureReader, midi_seq: int, late: Late) -> _Kept:
        if not late.unknown.size:
            nothing, unsure = np.empty(0, PAIR), np.empty(0)
            return _Kept((late.named,), 0, nothing, np.empty(0, EVIDENCE), unsure, unsure > 0)
        return self._compare(reader, None, np.array([midi_seq]), late.unknown, [late.named], None)[0]

    def _compare(
        self,
        reader: FeatureReader,
        index: WindowIndex | None,
        batch: npt.NDArray[np.int64],
        items: npt.NDArray[np.int64],
        named: Sequence[Stage],
        candidates: int | None,
    ) -> list[_Kept]:
        """Rank recordings for each MIDI item, weigh the evidence, and trace the paths of accepted pairs."""
        frames = reader.frames("midi", batch.tolist())
        probes = [Probe(frames[seq], "midi", "midi", self.transpose) for seq in batch.tolist()]
        rankings = run_cascade(
            reader,
            index,
            probes,
            "audio",
            items,
            named=named,
            candidates=candidates,
            device=self.device,
        )
        kept = [self._weigh(reader, probe, one) for probe, one in zip(probes, rankings, strict=True)]
        placed = [
            self._place(reader, int(seq), probe, one)
            for seq, probe, one in zip(batch, probes, kept, strict=True)
        ]
        refined = iter(reader.refine([pair for pairs in placed for pair in pairs]))
        for one, pairs in zip(kept, placed, strict=True):
            one.traces.extend(next(refined) for _ in pairs)
        return kept

    def _weigh(self, reader: FeatureReader, probe: Probe, ranking: Ranking) -> _Kept:
        pairs = _choose(ranking)
        evidence = gather_evidence(reader, "audio", probe, ranking, pairs, self.device)
        confidence = estimate_confidence(evidence, pairs["transposition"])
        is_accepted = confidence >= self.accept
        return _Kept(ranking.stages, ranking.pairs.size, pairs, evidence, confidence, is_accepted)

    def _place(self, reader: FeatureReader, midi_seq: int, probe: Probe, kept: _Kept) -> list[PlacedPair]:
        """Place the accepted pairs, and trace their paths."""
        placed = []
        for at in np.flatnonzero(kept.is_accepted):
            pair = kept.pairs[at]  # a view: its ends are changed
            seq = int(pair["item_seq"])
            audio = reader.prepared_frames("audio", [seq])[seq]
            place_pair(probe, audio, pair, self.device)
            trace, segments = trace_path(probe.prepared_frames, audio, pair, self.device)
            kept.segments.append(segments)
            placed.append(PlacedPair(midi_seq, seq, int(pair["transposition"]), trace))
        return placed

    def _write(
        self,
        con: duckdb.DuckDBPyConnection,
        batch: npt.NDArray[np.int64],
        kept: list[_Kept],
    ) -> None:
        run_id = self.run.begin(con)
        self.n_rescored += sum(one.n_rescored for one in kept)
        self.n_accepted += sum(len(one.traces) for one in kept)
        stages = [
            (*one.stages, Stage("dtw", one.n_rescored, one.pairs["item_seq"], 1 - one.pairs["cost"]))
            for one in kept
        ]
        insert_stages(con, run_id, batch.tolist(), stages)
        insert_rows(con, "matches/insert_match_rows", _list_matches(run_id, batch, kept))
        insert_rows(con, "matches/insert_alignment_rows", _list_alignments(run_id, batch, kept))
        insert_rows(con, "matches/insert_segment_rows", _list_segments(run_id, batch, kept))

    def summarise(self, done: list[Block], n_named: int, seconds: float) -> MatchSummary:
        """Tell what was done."""
        return MatchSummary(
            run_id=self.run.run_id if done or self.late else None,
            n_named=n_named,
            n_midi=self.n_done,
            n_audio=_count(merge_ranges(row for block in done for row in block.audio)),
            n_pairs=sum(_count(block.midi) * _count(block.audio) for block in done),
            n_late=sum(one.named.item_seq.size for one in self.late.values()),
            n_rescored=self.n_rescored,
            n_accepted=self.n_accepted,
            seconds=seconds,
        )


def _choose(ranking: Ranking) -> Pairs:
    """Choose what is written: the best pairs, all that fit well, and those of one name, who may err."""
    pairs = ranking.pairs
    named = [stage.item_seq for stage in ranking.stages if stage.name == "text"]
    return pairs[
        (pairs["score"] >= KEPT_SCORE)
        | (np.arange(pairs.size) < KEPT_PAIRS)
        | np.isin(pairs["item_seq"], np.concatenate([np.empty(0, np.int64), *named]))
    ]


def _count(ranges: Ranges) -> int:
    return sum(last - first + 1 for first, last in ranges)


def _expand(ranges: Ranges) -> npt.NDArray[np.int64]:
    return np.concatenate([np.arange(first, last + 1) for first, last in ranges])


def _list_matches(run_id: int, batch: npt.NDArray[np.int64], kept: list[_Kept]) -> pa.Table:
    pairs = np.concatenate([one.pairs for one in kept])
    evidence = np.concatenate([one.evidence for one in kept])
    columns = {
        "run_id": np.full(pairs.size, run_id),
        "midi_seq": np.repeat(batch, [one.pairs.size for one in kept]),
        "audio_seq": pairs["item_seq"],
        "cost": pairs["cost"],
        "score": pairs["score"],
        "confidence": np.concatenate([one.confidence for one in kept]),
        "transposition": pairs["transposition"],
    }
    for name in ("midi_start", "midi_end", "audio_start", "audio_end"):
        columns[f"{name}_s"] = pairs[name] * FRAME_S
    columns |= {name: evidence[name] for name in EVIDENCE.names or ()}
    return pa.table(
        {name: pa.array(np.ascontiguousarray(column), from_pandas=True) for name, column in columns.items()}
    )


def _list_alignments(run_id: int, batch: npt.NDArray[np.int64], kept: list[_Kept]) -> pa.Table:
    rows = [
        (run_id, int(midi_seq), int(pair["item_seq"]), trace.midi_s, trace.audio_s, trace.refined)
        for midi_seq, one in zip(batch, kept, strict=True)
        for pair, trace in zip(one.pairs[one.is_accepted], one.traces, strict=True)
    ]
    seconds = pa.list_(pa.float64())
    names = ("run_id", "midi_seq", "audio_seq", "midi_s", "audio_s", "refined")
    kinds = (pa.int64(), pa.int64(), pa.int64(), seconds, seconds, pa.bool_())
    return pa.table(
        {
            name: pa.array([row[at] for row in rows], kind)
            for at, (name, kind) in enumerate(zip(names, kinds, strict=True))
        }
    )


def _list_segments(run_id: int, batch: npt.NDArray[np.int64], kept: list[_Kept]) -> pa.Table:
    rows = [
        {"run_id": run_id, "midi_seq": int(midi_seq), "audio_seq": int(pair["item_seq"]), "segment": number}
        | vars(segment)
        for midi_seq, one in zip(batch, kept, strict=True)
        for pair, segments in zip(one.pairs[one.is_accepted], one.segments, strict=True)
        for number, segment in enumerate(segments, 1)
    ]
    return pa.Table.from_pylist(rows, SEGMENT_COLUMNS)
