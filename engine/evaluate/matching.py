"""Evaluation of matching: methods, cases, one table and one figure."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zlib import crc32

import numpy as np

from ..device import choose_device
from ..errors import InputError
from ..options import DEFAULT_CANDIDATES, check_options
from ..progress import Progress
from ..store import Store
from ..text import check_text
from .bench import Bench, read_bench
from .catalogue import Catalogue, JoinedCatalogue, KeptCatalogue
from .hard_cases import Case, choose_cases
from .methods.choice import make_methods
from .methods.protocols import Method, Query, Ranker, Settings
from .names import DEFAULT_METHODS, WHOLE
from .place import find_span
from .ranks import find_rank
from .report import MatchingReport, QueryResult, make_folder, write_report

__all__ = ["eval_matching"]


def eval_matching(
    store: Store,
    truth: Sequence[Path],
    *,
    midi_corpus: str | None = None,
    audio_corpus: str | None = None,
    methods: Sequence[str] = DEFAULT_METHODS,
    cases: Sequence[str] = (WHOLE,),
    queries: int | None = None,
    candidates: int | None = DEFAULT_CANDIDATES,
    transpose: int = 0,
    baselines: Path | None = None,
    distractors: Catalogue | None = None,
    seed: int = 0,
    out: Path | None = None,
    progress: Progress | None = None,
) -> MatchingReport:
    """Measure how well methods find the right recordings of MIDI files. Writes nothing into the database.

    Parameters
    ----------
    store : Store
    truth : sequence of Path
        Tables of files and their compositions, see `read_truth`. A MIDI file whose composition some
        recording shares is a query; all recordings that the tables name are ranked.
    midi_corpus, audio_corpus : str, optional
        Only items of these corpora.
    methods : sequence of str
        Of `METHOD_NAMES`.
    cases : sequence of str
        Of `CASE_NAMES`.
    queries : int, optional
        So many of the queries, drawn by seed; None for all.
    candidates : int or None
        Recordings that our pruning leaves to constant-Q DTW; None for all.
    transpose : int
        Semitones both ways that our methods try, 0 to 12.
    baselines : Path, optional
        Folder of the thesis's networks, for the methods that have some.
    distractors : Catalogue, optional
        More recordings to rank, of no query's composition.
    seed : int
        Of the sample, the edits and the intervals.
    out : Path, optional
        A folder for ``matching.csv`` (the table), ``ranks.csv`` (each query) and ``rank_curves.png``.
    progress : Progress, optional
        Told of stage ``"describing"``, in methods, and of one for each method and case, in queries.

    Raises
    ------
    InputError
        If the truth, an option or a name cannot be used, or no query has a right recording.
    ModelError
        If a method needs networks that are not there.
    """
    started = time.monotonic()
    check_options(candidates, transpose)
    check_text("the corpus of MIDI files", midi_corpus)
    check_text("the corpus of recordings", audio_corpus)
    if queries is not None and queries < 1:
        raise InputError(f"queries is {queries}; give 1 or more.")
    if out is not None:
        make_folder(out)  # before the work, not after it
    chosen_cases = choose_cases(list(cases))
    settings = Settings(candidates, transpose, choose_device(), baselines)
    chosen_methods = make_methods(methods, settings)
    bench = read_bench(store, truth, midi_corpus, audio_corpus, queries, seed)
    parts = [bench.catalogue] if distractors is None else [bench.catalogue, distractors]
    step = _Evaluation(bench, KeptCatalogue(JoinedCatalogue(parts)), settings, seed, progress)
    results = step.run(chosen_methods, chosen_cases)
    names = [case.name for case in chosen_cases]
    seconds = time.monotonic() - started
    report = MatchingReport(results, names, len(bench.queries), step.catalogue.n_items, seed, seconds)
    if out is not None:
        write_report(report, out)
    return report


@dataclass
class _Evaluation:
    """One call of `eval_matching`."""

    bench: Bench
    catalogue: Catalogue
    settings: Settings
    seed: int
    progress: Progress | None

    def run(self, methods: Sequence[Method], cases: Sequence[Case]) -> list[QueryResult]:
        """Ask every query of every case of every method."""
        rankers = []
        for number, method in enumerate(methods, start=1):
            rankers.append((method.name, method.prepare(self.catalogue, self.bench.queries)))
            if self.progress is not None:
                self.progress("describing", number, len(methods))
        results = []
        for case in cases:
            edited = [self._edit(case, query) for query in self.bench.queries]
            queries = [query for query in edited if query is not None]
            for name, ranker in rankers:
                results += self._ask(name, ranker, case, queries)
        if not results:
            names = ", ".join(case.name for case in cases)
            raise InputError(f"no query can be edited as asked ({names}); choose other cases.")
        return results

    def _edit(self, case: Case, query: Query) -> Query | None:
        """Edit a query, by random numbers of its own, whatever else is asked."""
        rng = np.random.default_rng([self.seed, crc32(case.name.encode()), crc32(query.midi_id.encode())])
        music = case.edit(query.music, rng, lambda: find_span(query, self.catalogue, self.settings.device))
        return None if music is None else replace(query, music=music)

    def _ask(self, name: str, ranker: Ranker, case: Case, queries: Sequence[Query]) -> list[QueryResult]:
        results = []
        for number, query in enumerate(queries, start=1):
            _ = query.frames  # which no method is to be charged with
            outcome = ranker.rank(query)
            rank = find_rank(outcome.distance, self.catalogue.compositions, query.composition)
            results.append(
                QueryResult(name, case.name, query.collection, query.midi_id, rank, ranker.n_kept, outcome.ms)
            )
            if self.progress is not None:
                self.progress(f"{name}, {case.name}", number, len(queries))
        return results
