"""Compiled parts of the kernels; everything else about the package stands in pyproject.toml."""

from glob import glob

from pybind11.setup_helpers import ParallelCompile, Pybind11Extension
from setuptools import setup

# Vector instructions are chosen at run time, so the flags stay portable.
FLAGS = ["-O3", "-fno-math-errno", "-ffp-contract=off"]

ParallelCompile("LAKHDB_BUILD_JOBS").install()
setup(
    ext_modules=[
        Pybind11Extension(
            f"lakhdb.kernels._{name}",
            [f"kernels/native/{name}.cpp"],
            depends=sorted(glob("kernels/native/*.hpp")),
            cxx_std=17,
            extra_compile_args=FLAGS,
        )
        for name in ("smf", "render", "whiten", "dtw", "scan")
    ]
)
