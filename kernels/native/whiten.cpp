// Whitened frames, and statistics of windows of them. Everything runs over 16 frames at a time, one per lane.

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "planes.hpp"

namespace py = pybind11;

namespace {

constexpr int kLanes = 16;
constexpr int kClasses = 12;
constexpr int kPairs = kClasses * (kClasses + 1) / 2;

struct Whitening {
    float share;  // of a bin's mean over time that is taken away
    int reach;    // semitones to either side of the mean over pitch
};

// Bins as rows, padded with silence to whole blocks of lanes.
std::vector<uint8_t> transpose(const uint8_t* frames, int n_frames, int stride) {
    std::vector<uint8_t> bins(static_cast<size_t>(kBins) * stride, 0);
    for (int f = 0; f < n_frames; ++f)
        for (int k = 0; k < kBins; ++k) bins[static_cast<size_t>(k) * stride + f] = frames[static_cast<size_t>(f) * kBins + k];
    return bins;
}

FOR_SEVERAL_TARGETS
void compute_floor(const uint8_t* bins, int stride, int first, int count, float share, int length, float* floor) {
    for (int k = 0; k < kBins; ++k) {
        const uint8_t* row = bins + static_cast<size_t>(k) * stride + first;
        int64_t sum = 0;
        for (int at = 0; at < count; at += 1 << 20) {
            const int end = std::min(count, at + (1 << 20));
            uint32_t part = 0;
            for (int f = at; f < end; ++f) part += row[f];
            sum += part;
        }
        floor[k] = share * static_cast<float>(static_cast<double>(sum) / length);
    }
}

// What stands out of a block, from the mean over time and then from the mean over neighbouring pitches.
FOR_SEVERAL_TARGETS
void whiten_block(const uint8_t* bins, int stride, int first, const float* floor, int reach, float* out) {
    alignas(64) float above[kBins * kLanes], sum[kLanes] = {};
    for (int k = 0; k < kBins; ++k) {
        const uint8_t* row = bins + static_cast<size_t>(k) * stride + first;
        for (int l = 0; l < kLanes; ++l)
            above[k * kLanes + l] = std::max(0.0f, static_cast<float>(row[l]) - floor[k]);
    }
    for (int k = 0; k < std::min(reach, kBins); ++k)
        for (int l = 0; l < kLanes; ++l) sum[l] += above[k * kLanes + l];
    for (int k = 0; k < kBins; ++k) {
        const int enters = k + reach, leaves = k - reach - 1;
        if (enters < kBins)
            for (int l = 0; l < kLanes; ++l) sum[l] += above[enters * kLanes + l];
        if (leaves >= 0)
            for (int l = 0; l < kLanes; ++l) sum[l] -= above[leaves * kLanes + l];
        const float share = 1.0f / static_cast<float>(std::min(enters, kBins - 1) - std::max(leaves, -1));
        for (int l = 0; l < kLanes; ++l)
            out[k * kLanes + l] = std::max(0.0f, above[k * kLanes + l] - sum[l] * share);
    }
}

FOR_SEVERAL_TARGETS
void compress_block(const float* block, uint8_t* bytes) {
    for (int i = 0; i < kBins * kLanes; ++i)
        bytes[i] = static_cast<uint8_t>(static_cast<int32_t>(std::min(255.0f, 16.0f * std::sqrt(block[i]) + 0.5f)));
}

// Folds a block to pitch classes, frames beyond `count` to silence.
FOR_SEVERAL_TARGETS
void fold_block(const float* block, int count, float* classes) {
    for (int c = 0; c < kClasses; ++c)
        for (int l = 0; l < kLanes; ++l) {
            float sum = 0.0f;
            for (int octave = 0; octave < kBins / kClasses; ++octave)
                sum += block[(octave * kClasses + c) * kLanes + l];
            classes[c * kLanes + l] = l < count ? sum : 0.0f;
        }
}

FOR_SEVERAL_TARGETS
void add_pairs(const float* classes, float* pairs) {
    alignas(64) float unit[kClasses * kLanes], norm[kLanes] = {};
    for (int c = 0; c < kClasses; ++c)
        for (int l = 0; l < kLanes; ++l) norm[l] += classes[c * kLanes + l] * classes[c * kLanes + l];
    for (int l = 0; l < kLanes; ++l) norm[l] = norm[l] > 1e-12f ? 1.0f / std::sqrt(norm[l]) : 0.0f;
    for (int c = 0; c < kClasses; ++c)
        for (int l = 0; l < kLanes; ++l) unit[c * kLanes + l] = classes[c * kLanes + l] * norm[l];
    float* sums = pairs;
    for (int c = 0; c < kClasses; ++c)
        for (int d = c; d < kClasses; ++d, sums += kLanes)
            for (int l = 0; l < kLanes; ++l) sums[l] += unit[c * kLanes + l] * unit[d * kLanes + l];
}

// Products of what fades and what grows between one step of four frames and the next.
void add_changes(const std::vector<float>& steps, int n_steps, float* changes) {
    for (int s = 1; s < n_steps; ++s) {
        const float *before = steps.data() + (s - 1) * kClasses, *after = before + kClasses;
        for (int c = 0; c < kClasses; ++c) {
            const float fades = before[c] - after[c];
            if (fades <= 0.0f) continue;
            for (int d = 0; d < kClasses; ++d) changes[c * kClasses + d] += fades * std::max(0.0f, after[d] - before[d]);
        }
    }
}

struct Window {
    int first, count, length;
};

void describe_window(const uint8_t* bins, int stride, const Window& window, const Whitening& whitening, int step,
                     float* pairs, float* changes) {
    float floor[kBins];
    compute_floor(bins, stride, window.first, window.count, whitening.share, window.length, floor);
    std::vector<float> sums(kPairs * kLanes, 0.0f), steps;
    const int n_steps = window.length / step;
    steps.assign(static_cast<size_t>(n_steps + 1) * kClasses, 0.0f);
    alignas(64) float block[kBins * kLanes], classes[kClasses * kLanes];
    for (int at = 0; at < window.count; at += kLanes) {
        whiten_block(bins, stride, window.first + at, floor, whitening.reach, block);
        fold_block(block, window.count - at, classes);
        add_pairs(classes, sums.data());
        for (int l = 0; l < kLanes; ++l) {
            const int s = std::min((at + l) / step, n_steps);
            for (int c = 0; c < kClasses; ++c) steps[static_cast<size_t>(s) * kClasses + c] += classes[c * kLanes + l];
        }
    }
    for (int p = 0; p < kPairs; ++p)
        for (int l = 0; l < kLanes; ++l) pairs[p] += sums[p * kLanes + l];
    for (int s = 0; s < n_steps; ++s) {
        float* row = steps.data() + static_cast<size_t>(s) * kClasses;
        float norm = 0.0f;
        for (int c = 0; c < kClasses; ++c) norm += row[c] * row[c];
        for (int c = 0; c < kClasses; ++c) row[c] = norm > 1e-12f ? row[c] / std::sqrt(norm) : 0.0f;
    }
    add_changes(steps, n_steps, changes);
}

int pad_frames(int n_frames) { return n_frames + kLanes; }

py::array_t<uint8_t> whiten(Dense<uint8_t> frames, float share, int reach) {
    const int n_frames = static_cast<int>(frames.shape(0));
    py::array_t<uint8_t> whitened({n_frames, kBins});
    const uint8_t* in = frames.data();
    uint8_t* out = whitened.mutable_data();
    py::gil_scoped_release unlocked;
    const int stride = pad_frames(n_frames);
    const std::vector<uint8_t> bins = transpose(in, n_frames, stride);
    float floor[kBins];
    compute_floor(bins.data(), stride, 0, n_frames, share, n_frames, floor);
    alignas(64) float block[kBins * kLanes];
    alignas(64) uint8_t bytes[kBins * kLanes];
    for (int at = 0; at < n_frames; at += kLanes) {
        whiten_block(bins.data(), stride, at, floor, reach, block);
        compress_block(block, bytes);
        for (int l = 0; l < std::min(kLanes, n_frames - at); ++l)
            for (int k = 0; k < kBins; ++k) out[static_cast<size_t>(at + l) * kBins + k] = bytes[k * kLanes + l];
    }
    return whitened;
}

py::tuple describe_windows(Dense<uint8_t> frames, Dense<int32_t> starts, int length, float share, int reach, int step) {
    const int n_frames = static_cast<int>(frames.shape(0));
    const auto n_windows = starts.shape(0);
    Dense<float> pairs({n_windows, static_cast<py::ssize_t>(kPairs)});
    Dense<float> changes({n_windows, static_cast<py::ssize_t>(kClasses * kClasses)});
    const uint8_t* in = frames.data();
    const int32_t* first = starts.data();
    float *p = pairs.mutable_data(), *c = changes.mutable_data();
    {
        py::gil_scoped_release unlocked;
        std::fill_n(p, n_windows * kPairs, 0.0f);
        std::fill_n(c, n_windows * kClasses * kClasses, 0.0f);
        const int stride = pad_frames(n_frames);
        const std::vector<uint8_t> bins = transpose(in, n_frames, stride);
        for (py::ssize_t w = 0; w < n_windows; ++w) {
            const Window window{first[w], std::min(length, n_frames - first[w]), length};
            describe_window(bins.data(), stride, window, {share, reach}, step, p + w * kPairs,
                            c + w * kClasses * kClasses);
        }
    }
    return py::make_tuple(pairs, changes);
}

}  // namespace

PYBIND11_MODULE(_whiten, m) {
    m.doc() = "compiled part of lakhdb.kernels.whitening and lakhdb.kernels.window_vector";
    m.def("whiten", &whiten);
    m.def("describe_windows", &describe_windows);
}
