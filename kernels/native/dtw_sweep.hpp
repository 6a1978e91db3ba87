// The sweep over all cells; see dtw_costs.hpp for how this is included.
//
// Lane p (counted from the top) holds kRows neighbouring MIDI frames; the lanes of a block run skewed, each
// one audio frame behind the lane above, so that all cells of a step are independent:
//
//     step t, lane p:  MIDI frames i0 + kRows·p + (0 … kRows - 1),  audio frame t - p
//
// Vectors hold the lanes bottom first, which makes the audio frames of a step contiguous in memory.

template <class Cost>
class SweeperOf final : public Sweeper {
  public:
    SweeperOf(const typename Cost::Element* midi, int n, int d) : n_(n), cost_(midi, n, d) {}

    void score(const void* audio, int m, float penalty, Scratch& scratch) const override {
        sweep<false>(audio, m, penalty, scratch, nullptr);
    }

    void trace(const void* audio, int m, float penalty, Scratch& scratch, uint32_t* moves) const override {
        sweep<true>(audio, m, penalty, scratch, moves);
    }

    std::size_t trace_size(int m) const override {
        return static_cast<std::size_t>(cost_.n_blocks()) * (m + W - 1) * kRows;
    }

    int move(const uint32_t* moves, int m, int i, int j) const override {
        const int row = i % kBlock, p = row / kRows;
        const std::size_t step = static_cast<std::size_t>(i / kBlock) * (m + W - 1) + j + p;
        const uint32_t word = moves[step * kRows + row % kRows] >> (W - 1 - p);
        return word & 1 ? 0 : word >> 16 & 1 ? 1 : 2;
    }

  private:
    struct State {
        F cost[kRows], above_cost;
        I diagonals[kRows], start[kRows], above_diagonals, above_start;
    };

    template <bool kTrace>
    void sweep(const void* audio, int m, float penalty, Scratch& scratch, uint32_t* moves) const {
        cost_.prepare(static_cast<const typename Cost::Element*>(audio), m, scratch);
        open(m, scratch);
        const int n_steps = m + W - 1;
        for (int block = 0; block < cost_.n_blocks(); ++block) {
            State state = enter_block(block);
            const bool is_last = block == cost_.n_blocks() - 1;
            const int head = is_last ? n_steps : W - 1, tail = head < m - 1 ? m - 1 : head;
            step_through<kTrace, true>(state, block, 0, head, m, penalty, scratch, moves);
            step_through<kTrace, false>(state, block, head, tail, m, penalty, scratch, moves);
            step_through<kTrace, true>(state, block, tail, n_steps, m, penalty, scratch, moves);
            if constexpr (kTrace) moves += static_cast<std::size_t>(n_steps) * kRows;
        }
    }

    // Steps `first` to `last`. Those at an edge skip lanes that have not begun and keep where paths may end.
    template <bool kTrace, bool kEdge>
    __attribute__((noinline)) void step_through(State& kept, int block, int first, int last, int m, float penalty,
                                                Scratch& scratch, uint32_t* moves) const {
        State state = kept;  // a copy that can live in registers
        for (int t = first; t < last; ++t) {
            step<kTrace, kEdge>(state, block, t, m, penalty, scratch, moves + static_cast<std::size_t>(t) * kRows);
            if constexpr (kEdge) keep_ends(state, block, t, m, scratch);
        }
        kept = state;
    }

    // Cells outside the matrix cost 0 and have -1 diagonal moves behind them: the first cell of a path then
    // enters from them by a diagonal move, which is always the cheapest, and starts there.
    void open(int m, Scratch& scratch) const {
        scratch.bottom.resize(m + W);
        scratch.last_row.resize(m);
        scratch.last_column.resize(n_);
        for (int j = 0; j < m + W; ++j) {
            scratch.bottom.cost[j] = 0.0f;
            scratch.bottom.diagonals[j] = -1;
            scratch.bottom.start[j] = j + 1;
        }
    }

    static State enter_block(int block) {
        State state;
        state.above_cost = F{};
        state.above_diagonals = I{} - 1;
        state.above_start = I{} - block * kBlock;
        for (int r = 0; r < kRows; ++r) {
            state.cost[r] = F{};
            state.diagonals[r] = I{} - 1;
            for (int l = 0; l < W; ++l) state.start[r][l] = -(block * kBlock + (W - 1 - l) * kRows + r + 1);
        }
        return state;
    }

    template <bool kTrace, bool kEdge>
    inline __attribute__((always_inline)) void step(State& state, int block, int t, int m, float penalty,
                                                    Scratch& scratch, uint32_t* moves) const {
        Line& bottom = scratch.bottom;
        F cost[kRows];
        cost_.costs(block, t, m, scratch, cost);
        F diagonal_cost = state.above_cost;
        F up_cost = state.above_cost = enter(state.cost[kRows - 1], bottom.cost[t]);
        I diagonal_diagonals, diagonal_start, up_diagonals, up_start;
        if constexpr (!kTrace) {
            diagonal_diagonals = state.above_diagonals;
            diagonal_start = state.above_start;
            up_diagonals = state.above_diagonals = enter(state.diagonals[kRows - 1], bottom.diagonals[t]);
            up_start = state.above_start = enter(state.start[kRows - 1], bottom.start[t]);
        }
#pragma GCC unroll 4
        for (int r = 0; r < kRows; ++r) {
            const F left_cost = state.cost[r];
            const F ahead = diagonal_cost + cost[r], aside = cost[r] + penalty;
            const M is_up = less_equal(up_cost, left_cost);
            up_cost = lower(lower(ahead, left_cost + aside), up_cost + aside);
            const M is_diagonal = less_equal(ahead, up_cost);
            if constexpr (kEdge) up_cost = pick(started(t), up_cost, left_cost);
            state.cost[r] = up_cost;
            diagonal_cost = left_cost;
            if constexpr (kTrace) {
                moves[r] = bits(is_diagonal) | bits(is_up) << 16;
            } else {
                const I left_diagonals = state.diagonals[r], left_start = state.start[r];
                up_diagonals = pick_next(is_diagonal, diagonal_diagonals, pick(is_up, up_diagonals, left_diagonals));
                up_start = pick(is_diagonal, diagonal_start, pick(is_up, up_start, left_start));
                if constexpr (kEdge) {
                    up_diagonals = pick(started(t), up_diagonals, left_diagonals);
                    up_start = pick(started(t), up_start, left_start);
                }
                state.diagonals[r] = up_diagonals;
                state.start[r] = up_start;
                diagonal_diagonals = left_diagonals;
                diagonal_start = left_start;
            }
        }
        if (!kEdge || t >= W - 1) {
            bottom.cost[t - W + 1] = state.cost[kRows - 1][0];
            if constexpr (!kTrace) {
                bottom.diagonals[t - W + 1] = state.diagonals[kRows - 1][0];
                bottom.start[t - W + 1] = state.start[kRows - 1][0];
            }
        }
    }

    // Keep the cells of this step that lie in the last row or the last column.
    void keep_ends(const State& state, int block, int t, int m, Scratch& scratch) const {
        if (t >= m - 1) {
            const int p = t - (m - 1);
            for (int r = 0; r < kRows; ++r) {
                const int i = block * kBlock + p * kRows + r;
                if (i < n_) keep_cell(state, r, W - 1 - p, scratch.last_column, i);
            }
        }
        if (block == cost_.n_blocks() - 1) {
            const int row = n_ - 1 - block * kBlock, p = row / kRows, j = t - p;
            if (0 <= j && j < m) keep_cell(state, row % kRows, W - 1 - p, scratch.last_row, j);
        }
    }

    static inline __attribute__((always_inline)) void keep_cell(const State& state, int r, int lane, Line& line,
                                                               int k) {
        float cost[kRows * W];
        int32_t diagonals[kRows * W], start[kRows * W];
        for (int q = 0; q < kRows; ++q) {
            store(cost + q * W, state.cost[q]);
            store(diagonals + q * W, state.diagonals[q]);
            store(start + q * W, state.start[q]);
        }
        line.cost[k] = cost[r * W + lane];
        line.diagonals[k] = diagonals[r * W + lane];
        line.start[k] = start[r * W + lane];
    }

    int n_;
    Cost cost_;
};
