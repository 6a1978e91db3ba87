// How a part of a file is compiled for an instruction set that is chosen at run time.

#pragma once

#if defined(__x86_64__)
#include <immintrin.h>
#define LAKHDB_X86 1
#endif

// GCC and clang have different words for "compile what follows for this instruction set".
#define LAKHDB_PRAGMA(text) _Pragma(#text)
#ifdef __clang__
#define LAKHDB_BEGIN_TARGET(set) \
    LAKHDB_PRAGMA(clang attribute push(__attribute__((target(set))), apply_to = function))
#define LAKHDB_END_TARGET _Pragma("clang attribute pop")
#else
#define LAKHDB_BEGIN_TARGET(set) _Pragma("GCC push_options") LAKHDB_PRAGMA(GCC target(set))
#define LAKHDB_END_TARGET _Pragma("GCC pop_options")
#endif
