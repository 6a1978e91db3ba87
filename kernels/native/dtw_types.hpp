// What the alignment kernels share, whatever instruction set they are compiled for.

#pragma once

#include <cstddef>
#include <cstdint>

#include "buffer.hpp"

// MIDI frames that one SIMD lane holds: each load of audio serves all of them.
constexpr int kRows = 4;

// A row or column of cells. `start` is the first cell's audio frame less its MIDI frame: one of the
// two is 0, so the number tells both. `diagonals` counts the diagonal moves, which gives the length.
struct Line {
    Buffer<float> cost;
    Buffer<int32_t> diagonals, start;

    void resize(std::size_t size) {
        cost.resize(size);
        diagonals.resize(size);
        start.resize(size);
    }
};

// Working memory of one thread: O(frames), reused from pair to pair.
struct Scratch {
    Line bottom;       // the lowest row of the block of rows above
    Line last_row;     // (n, ·): a path may end here
    Line last_column;  // (·, m): or here
    Buffer<uint32_t> words;  // audio frames, bin by bin
    Buffer<float> inverse;   // 1 / norm of each audio frame
    Buffer<int32_t> offset;  // what the unsigned by signed product leaves out
};

// One MIDI side, packed for an instruction set, to be swept against any audio.
class Sweeper {
  public:
    virtual ~Sweeper() = default;
    // Fill `last_row` and `last_column` of `scratch`.
    virtual void score(const void* audio, int m, float penalty, Scratch& scratch) const = 0;
    // The same costs, without lengths and starts; keep every cell's move in `moves`, trace_size(m) words.
    virtual void trace(const void* audio, int m, float penalty, Scratch& scratch, uint32_t* moves) const = 0;
    virtual std::size_t trace_size(int m) const = 0;
    // The move into a cell: 0 diagonal, 1 from the MIDI frame before, 2 from the audio frame before.
    virtual int move(const uint32_t* moves, int m, int i, int j) const = 0;
};
