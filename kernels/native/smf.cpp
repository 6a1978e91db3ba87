#include <pybind11/pybind11.h>

PYBIND11_MODULE(_smf, m) { m.doc() = "compiled part of lakhdb.kernels"; }
