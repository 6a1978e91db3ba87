// Notes to constant-Q bytes without synthesis: every note adds its template to the frames it sounds in; the sum is
// smeared in time as the long filters of the low bins do, turned into decibels and quantised.

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "planes.hpp"

namespace py = pybind11;

namespace {

constexpr int kLowestNote = 24;
// A note's rest is dropped once it is 80 dB below its onset: the quantiser would drop it at the latest then.
constexpr float kInaudible = 1e-8f;
// A held note is cut here (20 s): bounds the work for files with hours of it.
constexpr int kLongestNote = 430;
constexpr float kSilence = 1e-12f;

struct Templates {
    int width;              // bins of a note template
    int below;              // of them, those below the note's own
    const float* spectra;   // (n, width) power at the onset
    const float* decays;    // (n,) factor per frame while held
    const float* releases;  // (n,) factor per frame after the end
    const float* attacks;   // (n,) frames until full amplitude
};

struct Note {
    int pitch, velocity, timbre;
    double start, end;  // frames
};

struct Smear {
    int reach;             // frames to either side
    int n_bins;            // lowest bins that need it
    const float* weights;  // (2 · reach + 1, n_bins)
};

float compute_power(int velocity) {
    const float share = static_cast<float>(velocity) / 127.0f;
    return share * share;
}

inline void add_row(float* frame, const float* row, int count, float gain) {
    for (int k = 0; k < count; ++k) frame[k] += row[k] * gain;
}

FOR_SEVERAL_TARGETS
void add_note(const Note& note, const Templates& t, float* power, int n_frames) {
    const int origin = note.pitch - kLowestNote - t.below;
    const int low = std::clamp(origin, 0, kBins);
    const int count = std::clamp(origin + t.width, 0, kBins) - low;
    if (count <= 0) return;
    const float* row = t.spectra + static_cast<size_t>(note.timbre) * t.width + (low - origin);
    const float attack = t.attacks[note.timbre], decay = t.decays[note.timbre], release = t.releases[note.timbre];
    const int first = static_cast<int>(std::lround(note.start));
    const int held = std::min(kLongestNote, static_cast<int>(std::lround(std::min(note.end, 1e9))) - first);
    const int last = first + std::max(1, held);
    float level = 1.0f;
    const float loudness = compute_power(note.velocity);
    for (int f = first; f < n_frames && level > kInaudible; ++f) {
        const float rise = std::min(1.0f, (static_cast<float>(f - first) + 0.5f) / attack);
        if (f >= 0) add_row(power + static_cast<size_t>(f) * kBins + low, row, count, loudness * level * rise * rise);
        level *= f + 1 < last ? decay : release;
    }
}

// Attacks and the filters' far skirts leave a little of every frame's power in all of its bins.
FOR_SEVERAL_TARGETS
void add_floor(float* power, int n_frames, float share) {
    for (int f = 0; f < n_frames; ++f) {
        float* frame = power + static_cast<size_t>(f) * kBins;
        float sums[8] = {};
        for (int k = 0; k < kBins; k += 8)
            for (int l = 0; l < 8; ++l) sums[l] += frame[k + l];
        float total = 0.0f;
        for (float sum : sums) total += sum;
        for (int k = 0; k < kBins; ++k) frame[k] += total * share;
    }
}

FOR_SEVERAL_TARGETS
void smear_frames(const float* power, const Smear& smear, float* smeared, int n_frames) {
    for (int f = 0; f < n_frames; ++f) {
        float* out = smeared + static_cast<size_t>(f) * kBins;
        std::memcpy(out, power + static_cast<size_t>(f) * kBins, kBins * sizeof(float));
        std::fill_n(out, smear.n_bins, 0.0f);
        for (int tap = -smear.reach; tap <= smear.reach; ++tap) {
            if (f + tap < 0 || f + tap >= n_frames) continue;
            const float* in = power + static_cast<size_t>(f + tap) * kBins;
            const float* weight = smear.weights + static_cast<size_t>(tap + smear.reach) * smear.n_bins;
            for (int k = 0; k < smear.n_bins; ++k) out[k] += in[k] * weight[k];
        }
    }
}

// 10 · log10 of a positive float, given by its bits, within 0.001 dB: the exponent, and a polynomial for the mantissa.
inline float compute_decibels(int32_t bits) {
    const float exponent = static_cast<float>((bits >> 23) - 127);
    const int32_t mantissa = (bits & 0x007fffff) | 0x3f800000;
    float m;
    std::memcpy(&m, &mantissa, sizeof(m));
    const float t = m - 1.0f;
    // Least squares with both ends held.
    const float log2m = t * (1.44183587f + t * (-0.70837215f + t * (0.41355505f + t * (-0.19126251f + t * 0.04424374f))));
    return 3.01029996f * (exponent + log2m);
}

// Power is never negative, so its bits are ordered as it is: integers, unlike floats, compare without branches.
inline int32_t read_bits(const float* power) {
    int32_t bits;
    std::memcpy(&bits, power, sizeof(bits));
    return bits;
}

FOR_SEVERAL_TARGETS
float quantise(const float* power, uint8_t* values, size_t n, float range_db) {
    const int32_t silence = read_bits(&kSilence);
    int32_t loudest = silence;
    for (size_t i = 0; i < n; ++i) {
        const int32_t bits = read_bits(power + i);
        loudest = bits > loudest ? bits : loudest;
    }
    const float reference = compute_decibels(loudest);
    if (loudest == silence) {
        std::memset(values, 0, n);
        return reference;
    }
    const float scale = 255.0f / range_db, shift = 255.5f - reference * scale;
    for (size_t i = 0; i < n; ++i) {
        int32_t bits = read_bits(power + i);
        bits = bits > silence ? bits : silence;
        int32_t step = static_cast<int32_t>(compute_decibels(bits) * scale + shift);
        step = step > 0 ? step : 0;
        values[i] = static_cast<uint8_t>(step < 255 ? step : 255);
    }
    return reference;
}

py::tuple render(Dense<int32_t> pitch, Dense<int32_t> velocity, Dense<int32_t> timbre, Dense<double> start,
                 Dense<double> end, int n_frames, Dense<float> spectra, Dense<float> decays, Dense<float> releases,
                 Dense<float> attacks, int below, Dense<float> smear_weights, float floor, float range_db) {
    py::array_t<uint8_t> values({n_frames, kBins});
    const Templates t{static_cast<int>(spectra.shape(1)), below, spectra.data(), decays.data(), releases.data(),
                      attacks.data()};
    const Smear smear{static_cast<int>(smear_weights.shape(0) / 2), static_cast<int>(smear_weights.shape(1)),
                      smear_weights.data()};
    const int32_t *p = pitch.data(), *v = velocity.data(), *g = timbre.data();
    const double *s = start.data(), *e = end.data();
    const auto n_notes = pitch.shape(0);
    uint8_t* out = values.mutable_data();
    float reference = 0.0f;
    {
        py::gil_scoped_release unlocked;
        const size_t n = static_cast<size_t>(n_frames) * kBins;
        std::vector<float> power(n, 0.0f), smeared(n);
        for (py::ssize_t i = 0; i < n_notes; ++i) {
            // Within ±1e9 frames the conversions below are defined; nothing out there is heard.
            if (s[i] < n_frames && s[i] > -1e9) add_note({p[i], v[i], g[i], s[i], e[i]}, t, power.data(), n_frames);
        }
        add_floor(power.data(), n_frames, floor);
        smear_frames(power.data(), smear, smeared.data(), n_frames);
        reference = quantise(smeared.data(), out, n, range_db);
    }
    return py::make_tuple(values, reference);
}

}  // namespace

PYBIND11_MODULE(_render, m) {
    m.doc() = "compiled part of lakhdb.kernels.render";
    m.def("render", &render);
}
