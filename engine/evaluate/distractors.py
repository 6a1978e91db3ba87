"""Distractors: up to a million recordings that are right for no query, made from real ones and from MIDI."""

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from ..errors import InputError
from ..progress import Progress
from ..store import Store
from ..torch_threads import single_threads
from .bases import Base, list_midi_bases, list_pool_bases, list_recording_bases
from .catalogue import NO_COMPOSITION, Describer, Positions, Ragged, describe_in_chunks
from .kept_features import HASHES, KeptFeatures
from .recipes import FRAMES_PER_STEP, N_FRAMES, Plan, Recipe, draw_plan
from .shared_pass import WindowPass, choose_pass
from .truth import find_items, read_truth

__all__ = ["DistractorCatalogue", "make_distractors"]

Frames = npt.NDArray[np.uint8]

# Variants that are described between one writing to disk and the next: some 2000 distractors.
BATCH = 64
# Distractors handed out at once: their vectors take 32 MB.
CHUNK = 1 << 16
# Variants whose frames are kept in memory to be cut again: some 20 MB.
KEPT_VARIANTS = 64


class DistractorCatalogue:
    """Recordings of 30 s, each made by a recipe: a base in another key, tempo and sound, cut at some offset.

    A base is a recording's own constant-Q frames, or a MIDI file's notes rendered into the constant-Q plane;
    which of them share a composition with a query is told by name. Distractors of one base do not share
    key, tempo and sound, but overlap: those of the same variant begin 6 s apart. Frames are made again from
    the recipe whenever they are asked for; nothing but features is kept.

    Parameters
    ----------
    bases : sequence of Base
        Those of a composition in `queried`, or of none, are left out.
    queried : collection of str
        Compositions of the queries, in the words of the bases.
    n_items : int
        More only add to the end.
    seed : int
    folder : Path, optional
        Features are kept here, apart for every set of bases, seed and model; without one, only as long as
        the catalogue.
    window_pass : WindowPass, optional
        Describes for the describer of the same key; any other is given distractors one by one, and nothing
        is kept.
    progress : Progress, optional
        Told of the stage ``"distractors"``.

    Raises
    ------
    InputError
        If `n_items` is below 1, or no base is left that lasts 30 s.
    """

    def __init__(
        self,
        bases: Sequence[Base],
        queried: Collection[str],
        n_items: int,
        *,
        seed: int,
        folder: Path | None = None,
        window_pass: WindowPass | None = None,
        progress: Progress | None = None,
    ) -> None:
        if n_items < 1:
            raise InputError(f"distractors is {n_items}; give 1 or more.")
        kept = [base for base in bases if base.composition and base.composition not in queried]
        try:
            self._plan = draw_plan(kept, n_items, seed)
        except ValueError as error:
            left_out = len(bases) - len(kept)
            raise InputError(
                f"{error}: {left_out} of {len(bases)} are of a query's composition or of an unknown one; "
                "give more recordings or MIDI files."
            ) from error
        if folder is None:
            self._temporary = TemporaryDirectory(prefix="lakhdb-")  # goes when this catalogue does
            folder = Path(self._temporary.name)
        self._folder = folder
        self._n_items = n_items
        self._pass, self._progress = window_pass, progress
        self._play = lru_cache(KEPT_VARIANTS)(self._plan.play)

    @property
    def n_items(self) -> int:
        """See `Catalogue`."""
        return self._n_items

    @property
    def compositions(self) -> npt.NDArray[np.int32]:
        """See `Catalogue`: none of them is right for anything."""
        return np.full(self._n_items, NO_COMPOSITION, np.int32)

    @property
    def plan(self) -> Plan:
        """Which bases are used, and how."""
        return self._plan

    def tell_recipe(self, position: int) -> Recipe:
        """Tell how a distractor is made."""
        return self._plan.describe(position)

    def read_frames(self, positions: Positions) -> list[Frames]:
        """See `Catalogue`: made again from the recipes, shape (646, 72) each."""
        frames: list[Frames | None] = [None] * positions.size
        for row in np.argsort(positions, kind="stable").tolist():  # those of one variant together
            number, step = self._plan.find(int(positions[row]))
            start = step * FRAMES_PER_STEP
            frames[row] = self._play(number)[start : start + N_FRAMES].copy()
        return [one for one in frames if one is not None]

    def describe(self, describer: Describer) -> Iterator[tuple[Ragged, ...]]:
        """See `Catalogue`; by the pass over windows as pairs (window vectors, hash sequences)."""
        if self._pass is None or describer.key != self._pass.key:
            yield from describe_in_chunks(self, describer)
            return
        features = self.keep_features()
        for start in range(0, self._n_items, CHUNK):
            rows = slice(start, min(start + CHUNK, self._n_items))
            one_each = np.ones(rows.stop - start, np.int64)
            yield (
                Ragged(features.vectors[rows].astype(np.float32), one_each),
                Ragged(features.hashes[rows].reshape(-1), HASHES * one_each),
            )

    def keep_features(self) -> KeptFeatures:
        """Describe all distractors by the pass over windows, as far as that was not done before.

        Returns
        -------
        KeptFeatures
            Row k is of distractor k; there may be more rows.

        Raises
        ------
        InputError
            If there is no such pass, or the folder cannot be used.
        """
        if self._pass is None:
            raise InputError("the model in use has no network; name a trained one in LMDB_MODEL.")
        plan = self._plan
        features = KeptFeatures(self._folder / f"{self._pass.key}-{self._pass.kind}-{plan.digest}")
        done = int(np.searchsorted(plan.ends, features.n_rows, side="right"))
        with single_threads() as threads:
            for first in range(done, len(plan.variants), BATCH):
                batch = range(first, min(first + BATCH, len(plan.variants)))
                described = list(threads.map(self._describe_variant, batch))
                features.add(*(np.concatenate(column) for column in zip(*described, strict=True)))
                if self._progress is not None:
                    self._progress("distractors", min(features.n_rows, self._n_items), self._n_items)
        return features

    def _describe_variant(self, number: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint32]]:
        assert self._pass is not None  # as `keep_features` has seen
        return self._pass.describe(self._plan.play(number), self._plan.variants[number].starts)


def make_distractors(
    store: Store,
    truth: Sequence[Path],
    n_items: int,
    *,
    midi: Sequence[Path] = (),
    compositions: Path | None = None,
    pools: Sequence[Path] = (),
    folder: Path | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> tuple[DistractorCatalogue, dict[str, str]]:
    """Make distractors for `eval_matching`, of whatever is of none of its queries' compositions.

    Parameters
    ----------
    store : Store
    truth : sequence of Path
        Tables of files and their compositions, as for `eval_matching`. Recordings that no MIDI file of the
        tables shares its composition with are made into distractors, too.
    n_items : int
    midi : sequence of Path
        Folders, archives and files of MIDI.
    compositions : Path, optional
        Table of their compositions, see `list_midi_bases`, in the words of the truth.
    pools : sequence of Path
        Folders of recordings that `lmdb train` has left.
    folder : Path, optional
        Where features are kept: some 580 MB a million.
    seed : int
    progress : Progress, optional
        Told of the stage ``"distractors"``.

    Returns
    -------
    catalogue : DistractorCatalogue
    failures : dict
        Why a MIDI file cannot be read, by its path.

    Raises
    ------
    InputError
        If a file cannot be used, or nothing is left that lasts 30 s.
    ModelError
        If the model in use cannot be loaded.
    """
    with store.reading() as con:
        queried = {item.composition for item in find_items(con, "midi", None, read_truth(truth))}
    files, failures = list_midi_bases(midi, compositions) if midi else ([], {})
    bases: list[Base] = [
        *list_recording_bases(store, truth),
        *files,
        *(base for pool in pools for base in list_pool_bases(pool)),
    ]
    catalogue = DistractorCatalogue(
        bases, queried, n_items, seed=seed, folder=folder, window_pass=choose_pass(), progress=progress
    )
    return catalogue, failures
