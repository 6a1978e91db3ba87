#include <pybind11/pybind11.h>

PYBIND11_MODULE(_dtw, m) { m.doc() = "compiled part of lakhdb.kernels"; }
