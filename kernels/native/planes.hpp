// What the modules that compute constant-Q planes share.
#pragma once

#include <pybind11/numpy.h>

// One source, code for several instruction sets, chosen when the module is loaded.
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__)
#define FOR_SEVERAL_TARGETS __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_SEVERAL_TARGETS
#endif

template <typename T>
using Dense = pybind11::array_t<T, pybind11::array::c_style | pybind11::array::forcecast>;

constexpr int kBins = 72;
