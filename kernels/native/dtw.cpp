// Dynamic time warping of one MIDI side against many recordings, with the cost computed on the fly and no
// matrix kept: each cell carries the start and the number of diagonal moves of its path.

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <future>
#include <memory>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "dtw_types.hpp"
#include "targets.hpp"

#ifdef LAKHDB_X86
LAKHDB_BEGIN_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512vpopcntdq")
namespace avx512 {
#define LAKHDB_LANES 16
#include "dtw_costs.hpp"
#include "dtw_sweep.hpp"
#undef LAKHDB_LANES
}  // namespace avx512
LAKHDB_END_TARGET

LAKHDB_BEGIN_TARGET("avx2")
namespace avx2 {
#define LAKHDB_LANES 8
#include "dtw_costs.hpp"
#include "dtw_sweep.hpp"
#undef LAKHDB_LANES
}  // namespace avx2
LAKHDB_END_TARGET
#endif

namespace portable {
#define LAKHDB_LANES 4
#include "dtw_costs.hpp"
#include "dtw_sweep.hpp"
#undef LAKHDB_LANES
}  // namespace portable

namespace py = pybind11;

namespace {

template <typename T>
using Dense = py::array_t<T, py::array::c_style | py::array::forcecast>;

// Names of the instruction sets that this machine runs, best first.
std::vector<std::string> list_instruction_sets() {
    std::vector<std::string> sets;
#ifdef LAKHDB_X86
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512vpopcntdq"))
        sets.push_back("avx512");
    if (__builtin_cpu_supports("avx2")) sets.push_back("avx2");
#endif
    sets.push_back("portable");
    return sets;
}

// Mean costs of blocks of the matrix in O(d): the mean of products is the product of means.
class CosineMeans {
  public:
    CosineMeans(const uint8_t* midi, int n, int d) : d_(d), sums_(static_cast<std::size_t>(n + 1) * d) {
        for (int i = 0; i < n; ++i) {
            double* sum = sums_.data() + static_cast<std::size_t>(i) * d;
            std::copy(sum, sum + d, sum + d);
            add_unit(midi + static_cast<std::size_t>(i) * d, sum + d);
        }
    }

    // Mean over MIDI frames i0 to i1 and audio frames j0 to j1, inclusive.
    double compute(int i0, int i1, const uint8_t* audio, int j0, int j1) const {
        std::vector<double> sum(d_);
        for (int j = j0; j <= j1; ++j) add_unit(audio + static_cast<std::size_t>(j) * d_, sum.data());
        const double* first = sums_.data() + static_cast<std::size_t>(i0) * d_;
        const double* last = sums_.data() + static_cast<std::size_t>(i1 + 1) * d_;
        double product = 0;
        for (int k = 0; k < d_; ++k) product += (last[k] - first[k]) * sum[k];
        return std::max(0.0, 1.0 - product / (i1 - i0 + 1.0) / (j1 - j0 + 1.0));
    }

  private:
    void add_unit(const uint8_t* frame, double* sum) const {
        int square = 0;
        for (int k = 0; k < d_; ++k) square += frame[k] * frame[k];
        const double inverse = square ? 1.0 / std::sqrt(static_cast<double>(square)) : 0.0;
        for (int k = 0; k < d_; ++k) sum[k] += frame[k] * inverse;
    }

    int d_;
    std::vector<double> sums_;
};

// The same for hashes: a bit differs as often as one side has it and the other has it not.
class HammingMeans {
  public:
    HammingMeans(const uint32_t* midi, int n, int) : sums_(static_cast<std::size_t>(n + 1) * 32) {
        for (int i = 0; i < n; ++i) {
            int32_t* sum = sums_.data() + static_cast<std::size_t>(i) * 32;
            for (int k = 0; k < 32; ++k) sum[32 + k] = sum[k] + (midi[i] >> k & 1);
        }
    }

    double compute(int i0, int i1, const uint32_t* audio, int j0, int j1) const {
        int32_t ones[32] = {};
        for (int j = j0; j <= j1; ++j)
            for (int k = 0; k < 32; ++k) ones[k] += audio[j] >> k & 1;
        const int64_t rows = i1 - i0 + 1, columns = j1 - j0 + 1;
        int64_t differing = 0;
        for (int k = 0; k < 32; ++k) {
            const int64_t set = sums_[(i1 + std::size_t{1}) * 32 + k] - sums_[static_cast<std::size_t>(i0) * 32 + k];
            differing += set * (columns - ones[k]) + (rows - set) * ones[k];
        }
        return static_cast<double>(differing) / 32.0 / static_cast<double>(rows) / static_cast<double>(columns);
    }

  private:
    std::vector<int32_t> sums_;
};

struct Cosine {
    using Element = uint8_t;
    using Means = CosineMeans;
#ifdef LAKHDB_X86
    using Avx512 = avx512::Cosine;
    using Avx2 = avx2::Cosine;
#endif
    using Portable = portable::Cosine;
};

struct Hamming {
    using Element = uint32_t;
    using Means = HammingMeans;
#ifdef LAKHDB_X86
    using Avx512 = avx512::Hamming;
    using Avx2 = avx2::Hamming;
#endif
    using Portable = portable::Hamming;
};

template <class Feature>
std::unique_ptr<Sweeper> make_sweeper(const std::string& set, const typename Feature::Element* midi, int n, int d) {
    const auto sets = list_instruction_sets();
    if (std::find(sets.begin(), sets.end(), set) == sets.end())
        throw std::invalid_argument("this machine has no instruction set " + set);
#ifdef LAKHDB_X86
    if (set == "avx512") return std::make_unique<avx512::SweeperOf<typename Feature::Avx512>>(midi, n, d);
    if (set == "avx2") return std::make_unique<avx2::SweeperOf<typename Feature::Avx2>>(midi, n, d);
#endif
    return std::make_unique<portable::SweeperOf<typename Feature::Portable>>(midi, n, d);
}

struct End {
    int i, j;
    float cost;
    int diagonals, start;

    int midi_start() const { return std::max(0, -start); }
    int audio_start() const { return std::max(0, start); }
    int length() const { return 1 + i - midi_start() + j - audio_start() - diagonals; }
};

End find_end(const Scratch& scratch, int n, int m, double gully) {
    const int shorter = std::min(n, m);
    const int first = std::min(static_cast<int>(gully * shorter), shorter - 1);
    const float* row = scratch.last_row.cost.data();
    const float* column = scratch.last_column.cost.data();
    const int j = static_cast<int>(std::min_element(row + first, row + m) - row);
    const int i = static_cast<int>(std::min_element(column + first, column + n) - column);
    const bool on_row = row[j] <= column[i];
    const Line& line = on_row ? scratch.last_row : scratch.last_column;
    const int k = on_row ? j : i;
    return {on_row ? n - 1 : i, on_row ? j : m - 1, line.cost[k], line.diagonals[k], line.start[k]};
}

template <typename T>
struct Frames {
    const T* data;
    int n, d;
};

template <typename T>
Frames<T> view(const Dense<T>& array) {
    return {array.data(), static_cast<int>(array.shape(0)), array.ndim() > 1 ? static_cast<int>(array.shape(1)) : 1};
}

template <typename T>
std::vector<Frames<T>> view_all(const std::vector<Dense<T>>& arrays) {
    std::vector<Frames<T>> views;
    for (const auto& array : arrays) views.push_back(view(array));
    return views;
}

// Run work(scratch, k) for every k, longest recording first so that the threads end together.
template <typename T>
void share_out(const std::vector<Frames<T>>& audio, int threads, const std::function<void(Scratch&, int)>& work) {
    std::vector<int> order(audio.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return audio[a].n > audio[b].n; });
    std::atomic<std::size_t> next{0};
    const auto run = [&] {
        Scratch scratch;
        for (std::size_t k; (k = next++) < order.size();) work(scratch, order[k]);
    };
    std::vector<std::future<void>> helpers;
    const int wanted = std::min<int>(threads, static_cast<int>(audio.size()));
    for (int k = 1; k < wanted; ++k) helpers.push_back(std::async(std::launch::async, run));
    run();
    for (auto& helper : helpers) helper.get();
}

template <class Feature>
py::tuple score(const Dense<typename Feature::Element>& midi_array,
                const std::vector<Dense<typename Feature::Element>>& audio_arrays, double gully,
                std::optional<float> penalty, int threads, const std::string& set) {
    const auto midi = view(midi_array);
    const auto audio = view_all(audio_arrays);
    const auto size = static_cast<py::ssize_t>(audio.size());
    py::array_t<float> cost(size);
    py::array_t<double> mean(size);
    py::array_t<int32_t> length(size), midi_start(size), midi_end(size), audio_start(size), audio_end(size);
    float* costs = cost.mutable_data();
    double* means = mean.mutable_data();
    int32_t* columns[] = {length.mutable_data(), midi_start.mutable_data(), midi_end.mutable_data(),
                          audio_start.mutable_data(), audio_end.mutable_data()};
    {
        py::gil_scoped_release release;
        const auto sweeper = make_sweeper<Feature>(set, midi.data, midi.n, midi.d);
        const typename Feature::Means block(midi.data, midi.n, midi.d);
        share_out(audio, threads, [&](Scratch& scratch, int k) {
            const auto& one = audio[k];
            const float step =
                penalty ? *penalty : static_cast<float>(block.compute(0, midi.n - 1, one.data, 0, one.n - 1));
            sweeper->score(one.data, one.n, step, scratch);
            const End end = find_end(scratch, midi.n, one.n, gully);
            costs[k] = end.cost;
            means[k] = block.compute(end.midi_start(), end.i, one.data, end.audio_start(), end.j);
            const int32_t values[] = {end.length(), end.midi_start(), end.i, end.audio_start(), end.j};
            for (int c = 0; c < 5; ++c) columns[c][k] = values[c];
        });
    }
    return py::make_tuple(cost, mean, length, midi_start, midi_end, audio_start, audio_end);
}

py::tuple trace(const Dense<uint8_t>& midi_array, const Dense<uint8_t>& audio_array, double gully,
                std::optional<float> penalty, const std::string& set) {
    const auto midi = view(midi_array), audio = view(audio_array);
    std::vector<int32_t> midi_frame, audio_frame;
    End end;
    double mean;
    {
        py::gil_scoped_release release;
        const auto sweeper = make_sweeper<Cosine>(set, midi.data, midi.n, midi.d);
        const CosineMeans block(midi.data, midi.n, midi.d);
        const float step =
            penalty ? *penalty : static_cast<float>(block.compute(0, midi.n - 1, audio.data, 0, audio.n - 1));
        const std::unique_ptr<uint32_t[]> moves(new uint32_t[sweeper->trace_size(audio.n)]);
        Scratch scratch;
        sweeper->trace(audio.data, audio.n, step, scratch, moves.get());
        end = find_end(scratch, midi.n, audio.n, gully);
        int i = end.i, j = end.j;
        for (;;) {
            midi_frame.push_back(i);
            audio_frame.push_back(j);
            if (i == 0 || j == 0) break;
            const int move = sweeper->move(moves.get(), audio.n, i, j);
            i -= move != 2;
            j -= move != 1;
        }
        mean = block.compute(i, end.i, audio.data, j, end.j);
    }
    std::reverse(midi_frame.begin(), midi_frame.end());
    std::reverse(audio_frame.begin(), audio_frame.end());
    return py::make_tuple(py::array_t<int32_t>(midi_frame.size(), midi_frame.data()),
                          py::array_t<int32_t>(audio_frame.size(), audio_frame.data()), end.cost, mean);
}

py::array_t<double> mean_costs(const Dense<uint8_t>& midi_array, const std::vector<Dense<uint8_t>>& audio_arrays,
                               const Dense<int32_t>& bounds, int threads) {
    const auto midi = view(midi_array);
    const auto audio = view_all(audio_arrays);
    py::array_t<double> mean(static_cast<py::ssize_t>(audio.size()));
    double* means = mean.mutable_data();
    const int32_t* at = bounds.data();
    {
        py::gil_scoped_release release;
        const CosineMeans block(midi.data, midi.n, midi.d);
        share_out(audio, threads, [&](Scratch&, int k) {
            means[k] = block.compute(at[4 * k], at[4 * k + 1], audio[k].data, at[4 * k + 2], at[4 * k + 3]);
        });
    }
    return mean;
}

}  // namespace

PYBIND11_MODULE(_dtw, m) {
    m.doc() = "compiled part of lakhdb.kernels.dtw; shapes and scalars are checked by its callers";
    m.def("list_instruction_sets", &list_instruction_sets);
    m.def("score_cosine", &score<Cosine>, py::arg("midi"), py::arg("audio"), py::arg("gully"), py::arg("penalty"),
          py::arg("threads"), py::arg("instruction_set"));
    m.def("score_hamming", &score<Hamming>, py::arg("midi"), py::arg("audio"), py::arg("gully"), py::arg("penalty"),
          py::arg("threads"), py::arg("instruction_set"));
    m.def("trace_cosine", &trace, py::arg("midi"), py::arg("audio"), py::arg("gully"), py::arg("penalty"),
          py::arg("instruction_set"));
    m.def("mean_cosine", &mean_costs, py::arg("midi"), py::arg("audio"), py::arg("bounds"), py::arg("threads"));
}
