"""What a report says of runs: what each compared, with which settings, and what its stages kept."""

import json
from collections.abc import Sequence

from .gather import Facts, RunFacts, Stage
from .markup import describe_count, describe_duration, describe_share, escape, make_details, make_table

__all__ = ["make_runs"]

# Runs that are listed, the latest ones.
LONGEST_LIST = 50

STAGES = {
    "text": "names that are alike",
    "embedding": "windows that are alike",
    "hash": "alignment of hashes",
    "dtw": "alignment of frames",
}


def make_runs(facts: Facts, chosen: int | None) -> str:
    """Write the table of runs, the stages of one of them, and the settings that differ."""
    listed = facts.runs[-LONGEST_LIST:]
    if chosen is not None and all(one.run_id != chosen for one in listed):
        listed = [*(one for one in facts.runs if one.run_id == chosen), *listed]
    left = len(facts.runs) - len(listed)
    more = f"<p>{describe_count(left)} earlier runs are not listed.</p>\n" if left else ""
    n_possible = facts.n_midi * facts.n_audio
    rows = [_make_row(one, n_possible, chosen) for one in listed]
    heads = ("run", "started (UTC)", "took", "pairs compared", "of all pairs", "kept", "accepted")
    last = chosen if chosen is not None else facts.runs[-1].run_id
    return (
        f"{make_table(heads, rows, numeric=(0, 2, 3, 4, 5, 6))}{more}"
        f"{_make_stages([one for one in facts.stages if one.run_id == last], last)}"
        f"{_make_settings(listed)}"
    )


def _make_row(run: RunFacts, n_possible: int, chosen: int | None) -> tuple[str, ...]:
    number = f"<b>{run.run_id}</b>" if run.run_id == chosen else f"{run.run_id}"
    took = (
        "not finished"
        if run.finished_at is None
        else describe_duration((run.finished_at - run.started_at).total_seconds())
    )
    return (
        number,
        f"{run.started_at:%Y-%m-%d %H:%M}",
        took,
        describe_count(run.n_compared),
        describe_share(run.n_compared, n_possible),
        describe_count(run.n_kept),
        describe_count(run.n_accepted),
    )


def _make_stages(stages: Sequence[Stage], run_id: int) -> str:
    if not stages:
        return ""
    rows = [
        (
            escape(STAGES.get(one.stage, one.stage)),
            describe_count(one.n_midi),
            describe_count(one.n_seen),
            describe_count(one.n_kept),
        )
        for one in stages
    ]
    heads = ("stage", "MIDI files", "pairs seen", "pairs kept")
    return f"<h3>What the stages of run {run_id} kept</h3>\n{make_table(heads, rows, numeric=(1, 2, 3))}"


def _make_settings(runs: Sequence[RunFacts]) -> str:
    """Write each set of settings and versions once, with the runs that had it."""
    groups: dict[tuple[str, str, str], list[int]] = {}
    for one in runs:
        groups.setdefault((one.settings, one.confidence_model, one.versions), []).append(one.run_id)
    told = []
    for (settings, confidence_model, versions), run_ids in groups.items():
        known = {"model of confidence": confidence_model} | _read_json(settings)
        rows = [(escape(name), f"<code>{escape(value)}</code>") for name, value in known.items()]
        software = [
            (escape(name), f"<code>{escape(value)}</code>") for name, value in _read_json(versions).items()
        ]
        words = f"Settings and versions of run {run_ids[0]}"
        if len(run_ids) > 1:
            words = f"Settings and versions of runs {', '.join(map(str, run_ids))}"
        inner = make_table(("setting", "value"), rows)
        if software:
            inner += make_table(("software", "version"), software)
        told.append(make_details(words, inner))
    return "".join(told)


def _read_json(text: str) -> dict[str, str]:
    known = json.loads(text)
    return {
        name: value if isinstance(value, str) else json.dumps(value) for name, value in sorted(known.items())
    }
