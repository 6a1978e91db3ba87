// Vectors spread over their dimensions, to be turned into int8 codes; and the best window of every item for a query
// of several windows: cosines of codes, the maximum taken as they are computed, so that no matrix of windows by
// query windows is ever written.

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <future>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "buffer.hpp"
#include "targets.hpp"

// Windows that one call compares with all query windows, at most.
constexpr int kMaxTile = 64;

struct Tile {
    Buffer<int32_t> words;
    alignas(64) float best[kMaxTile];
    alignas(64) int32_t best_query[kMaxTile];
};

// A query, packed for an instruction set.
class Scanner {
  public:
    virtual ~Scanner() = default;
    virtual int tile_size() const = 0;
    // Fill `best` (cosine times the window's norm) and `best_query` for the windows at `rows`.
    virtual void scan_tile(const int8_t* const* rows, Tile& tile) const = 0;
};

#ifdef LAKHDB_X86
LAKHDB_BEGIN_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")
namespace avx512 {
#define LAKHDB_LANES 16
#include "scan_lanes.hpp"
#undef LAKHDB_LANES
}  // namespace avx512
LAKHDB_END_TARGET

LAKHDB_BEGIN_TARGET("avx2")
namespace avx2 {
#define LAKHDB_LANES 8
#include "scan_lanes.hpp"
#undef LAKHDB_LANES
}  // namespace avx2
LAKHDB_END_TARGET
#endif

namespace portable {
#define LAKHDB_LANES 4
#include "scan_lanes.hpp"
#undef LAKHDB_LANES
}  // namespace portable

namespace py = pybind11;

namespace {

template <typename T>
using Dense = py::array_t<T, py::array::c_style | py::array::forcecast>;

// Windows that a thread takes at once.
constexpr int64_t kShare = 8192;

// Names of the instruction sets that this machine runs, best first.
std::vector<std::string> list_instruction_sets() {
    std::vector<std::string> sets;
#ifdef LAKHDB_X86
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512vnni"))
        sets.push_back("avx512");
    if (__builtin_cpu_supports("avx2")) sets.push_back("avx2");
#endif
    sets.push_back("portable");
    return sets;
}

std::unique_ptr<Scanner> make_scanner(const std::string& set, const int8_t* query, const float* inverse, int n,
                                      int d) {
    const auto sets = list_instruction_sets();
    if (std::find(sets.begin(), sets.end(), set) == sets.end())
        throw std::invalid_argument("this machine has no instruction set " + set);
#ifdef LAKHDB_X86
    if (set == "avx512") return std::make_unique<avx512::LaneScanner>(query, inverse, n, d);
    if (set == "avx2") return std::make_unique<avx2::LaneScanner>(query, inverse, n, d);
#endif
    return std::make_unique<portable::LaneScanner>(query, inverse, n, d);
}

// Windows of items, item after item; without `rows` they lie in the table in that order.
struct Windows {
    const int8_t* codes;
    int64_t stride;  // from one window's codes to the next one's
    int d;
    const float* inverse;
    const int32_t* rows;
    const int64_t* starts;
    int64_t n_items;

    int64_t row(int64_t place) const { return rows ? rows[place] : place; }
    int64_t n_places() const { return starts[n_items]; }
    // The first item that starts at or behind a place.
    int64_t find_item(int64_t place) const { return std::lower_bound(starts, starts + n_items, place) - starts; }
};

struct Best {
    float* similarity;
    int32_t *query, *row;

    void keep(int64_t item, float cosine, int32_t of_query, int64_t of_row) const {
        if (cosine <= similarity[item]) return;
        similarity[item] = cosine;
        query[item] = of_query;
        row[item] = static_cast<int32_t>(of_row);
    }
};

void scan_share(const Scanner& scanner, const Windows& windows, int64_t first_item, int64_t last_item, Tile& tile,
                const Best& best) {
    const int size = scanner.tile_size();
    const int8_t* rows[kMaxTile];
    int64_t item = first_item;
    const int64_t end = windows.starts[last_item];
    for (int64_t place = windows.starts[first_item]; place < end; place += size) {
        // The last tile is filled up with its last window.
        for (int w = 0; w < size; ++w)
            rows[w] = windows.codes + windows.row(std::min(place + w, end - 1)) * windows.stride;
        scanner.scan_tile(rows, tile);
        for (int w = 0; w < size && place + w < end; ++w) {
            while (windows.starts[item + 1] <= place + w) ++item;
            const int64_t row = windows.row(place + w);
            best.keep(item, tile.best[w] * windows.inverse[row], tile.best_query[w], row);
        }
    }
}

void scan_all(const Scanner& scanner, const Windows& windows, int threads, const Best& best) {
    const int64_t n_shares = (windows.n_places() + kShare - 1) / kShare;
    std::atomic<int64_t> next{0};
    const auto run = [&] {
        Tile tile;
        for (int64_t share; (share = next++) < n_shares;)
            scan_share(scanner, windows, windows.find_item(share * kShare), windows.find_item((share + 1) * kShare),
                       tile, best);
    };
    std::vector<std::future<void>> helpers;
    for (int k = 1; k < std::min<int64_t>(threads, n_shares); ++k)
        helpers.push_back(std::async(std::launch::async, run));
    run();
    for (auto& helper : helpers) helper.get();
}

py::tuple scan(const Dense<int8_t>& query, const Dense<float>& query_inverse, const py::array_t<int8_t>& codes,
               const Dense<float>& inverse, const std::optional<Dense<int32_t>>& rows, const Dense<int64_t>& starts,
               int threads, const std::string& set) {
    const Windows windows{codes.data(),   codes.strides(0),
                          static_cast<int>(codes.shape(1)), inverse.data(),
                          rows ? rows->data() : nullptr,    starts.data(),
                          starts.shape(0) - 1};
    py::array_t<float> similarity(windows.n_items);
    py::array_t<int32_t> best_query(windows.n_items), best_row(windows.n_items);
    const Best best{similarity.mutable_data(), best_query.mutable_data(), best_row.mutable_data()};
    {
        py::gil_scoped_release release;
        std::fill_n(best.similarity, windows.n_items, -std::numeric_limits<float>::infinity());
        const auto scanner = make_scanner(set, query.data(), query_inverse.data(),
                                          static_cast<int>(query.shape(0)), windows.d);
        scan_all(*scanner, windows, threads, best);
    }
    return py::make_tuple(similarity, best_query, best_row);
}

// One rotation for all: Walsh and Hadamard's, over a power of two of dimensions. Only sums and differences in a
// fixed order, so that a vector is spread to the same bits whatever vectors are beside it.
void spread_row(float* row, int size) {
    for (int half = 1; half < size; half *= 2)
        for (int first = 0; first < size; first += 2 * half)
            for (int k = first; k < first + half; ++k) {
                const float low = row[k], high = row[k + half];
                row[k] = low + high;
                row[k + half] = low - high;
            }
    const float scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(size)));
    for (int k = 0; k < size; ++k) row[k] *= scale;
}

// Copy a vector, zeros behind it, and spread it.
void copy_spread(const float* from, int d, float* to, int size) {
    std::copy(from, from + d, to);
    std::fill(to + d, to + size, 0.0f);
    spread_row(to, size);
}

// Codes of a spread vector and, unless `rests` is null, sixteenths that they leave, two to a byte.
void quantise_row(const float* row, int size, int8_t* codes, int8_t* rests) {
    float largest = 0.0f;
    for (int k = 0; k < size; ++k) largest = std::max(largest, std::fabs(row[k]));
    const float scale = largest > 0.0f ? 127.0f / largest : 0.0f;
    for (int k = 0; k < size; ++k) codes[k] = static_cast<int8_t>(std::lrint(row[k] * scale));
    if (!rests) return;
    std::fill(rests, rests + (size + 1) / 2, 0);
    for (int k = 0; k < size; ++k) {
        const int rest = std::min(7, static_cast<int>(std::lrint((row[k] * scale - codes[k]) * 16.0f)));
        rests[k / 2] = static_cast<int8_t>(rests[k / 2] | static_cast<int8_t>((rest & 15) << k % 2 * 4));
    }
}

py::array_t<float> spread(const Dense<float>& vectors, int size) {
    const py::ssize_t n = vectors.shape(0), d = vectors.shape(1);
    py::array_t<float> out({n, static_cast<py::ssize_t>(size)});
    const float* from = vectors.data();
    float* to = out.mutable_data();
    py::gil_scoped_release release;
    for (py::ssize_t k = 0; k < n; ++k) copy_spread(from + k * d, static_cast<int>(d), to + k * size, size);
    return out;
}

py::array_t<int8_t> quantise(const Dense<float>& vectors, int size, bool with_rests) {
    const py::ssize_t n = vectors.shape(0), d = vectors.shape(1), width = with_rests ? size + (size + 1) / 2 : size;
    py::array_t<int8_t> codes({n, width});
    const float* from = vectors.data();
    int8_t* to = codes.mutable_data();
    py::gil_scoped_release release;
    std::vector<float> row(size);
    for (py::ssize_t k = 0; k < n; ++k) {
        copy_spread(from + k * d, static_cast<int>(d), row.data(), size);
        quantise_row(row.data(), size, to + k * width, with_rests ? to + k * width + size : nullptr);
    }
    return codes;
}

}  // namespace

PYBIND11_MODULE(_scan, m) {
    m.doc() = "compiled part of lakhdb.kernels.scan; shapes and rows are checked by its caller";
    m.def("list_instruction_sets", &list_instruction_sets);
    m.def("spread", &spread, py::arg("vectors"), py::arg("size"));
    m.def("quantise", &quantise, py::arg("vectors"), py::arg("size"), py::arg("with_rests"));
    m.def("scan", &scan, py::arg("query"), py::arg("query_inverse"), py::arg("codes"), py::arg("inverse"),
          py::arg("rows"), py::arg("starts"), py::arg("threads"), py::arg("instruction_set"));
}
