"""Train the thesis's networks on the recordings that a model was trained on, to compare the two.

    python benchmarks/train_baselines.py build/model/recordings build/baselines --steps 1000

The folder of recordings is one that `lmdb train` made. The same call goes on where it stopped.
"""

import argparse
import time
from pathlib import Path

from figures import print_figure, show_progress

from lakhdb.engine.device import choose_torch_device
from lakhdb.engine.evaluate.baselines import RECIPES
from lakhdb.engine.evaluate.pool_pairs import PoolPairs
from lakhdb.engine.evaluate.train_baseline import train_baseline
from lakhdb.engine.train.pool import read_pool


def main() -> None:
    """Train and print a JSON line for each network."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recordings", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--names", default=",".join(RECIPES))
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    for name in arguments.names.split(","):
        pairs, held_out = (
            PoolPairs(read_pool(arguments.recordings, split), name) for split in ("train", "validation")
        )
        started = time.monotonic()
        report = train_baseline(
            name,
            pairs,
            steps=arguments.steps,
            seed=arguments.seed,
            folder=arguments.folder,
            validation=held_out,
            device=choose_torch_device(),
            progress=show_progress(),
        )
        print_figure(
            "train baselines",
            name=name,
            pairs=len(pairs),
            steps=report.n_steps,
            loss=round(report.loss, 4),
            validation_loss=report.validation_loss,
            seconds=round(time.monotonic() - started),
        )


if __name__ == "__main__":
    main()
