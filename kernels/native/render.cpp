// Notes to constant-Q magnitudes without synthesis: every note adds its template to the frames it sounds in.

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <vector>

namespace py = pybind11;

namespace {

template <typename T>
using Dense = py::array_t<T, py::array::c_style | py::array::forcecast>;

constexpr int kBins = 72;
constexpr int kLowestNote = 24;
constexpr int kDrumTemplate = 16;  // templates 0 to 15 are the General MIDI families
// A quieter rest of a note is below the quantiser's floor even beneath a loud neighbour.
constexpr float kInaudible = 1e-10f;

struct Templates {
    int n_offsets;         // width of a note template, in bins
    int below;             // bins of it that lie under the note's own
    const float* spectra;  // (16, n_offsets) power of each bin at the onset
    const float* decays;   // (16, n_offsets) factor per frame
    const float* releases; // (16,) factor per frame after the note's end
    const float* drums;    // (128, kBins) power of each bin at the onset, by drum note
    const float* drum_decays; // (128,) factor per frame
};

struct Note {
    int pitch, velocity, program;
    bool is_drum;
    float start, end;  // frames
};

// Adds `row` · `gain` to one frame and lets the row decay.
inline void add_row(float* frame, float* row, const float* decay, int n, float gain) {
    for (int k = 0; k < n; ++k) {
        frame[k] += row[k] * gain;
        row[k] *= decay[k];
    }
}

float loudness(int velocity) {
    const float v = static_cast<float>(velocity) / 127.0f;
    return v * v;  // power; gentler than General MIDI's v^4, for records are compressed
}

void add_note(const Note& note, const Templates& t, float* power, int n_frames) {
    const int first = std::max(0, static_cast<int>(std::lround(note.start)));
    const int last = std::max(first + 1, static_cast<int>(std::lround(note.end)));
    float row[kBins], decay[kBins];
    int low, count;
    float release;
    if (note.is_drum) {
        low = 0;
        count = kBins;
        std::memcpy(row, t.drums + note.pitch * kBins, sizeof(row));
        std::fill(decay, decay + kBins, t.drum_decays[note.pitch]);
        release = 1.0f;
    } else {
        const int origin = note.pitch - kLowestNote - t.below;
        low = std::clamp(origin, 0, kBins);
        const int high = std::clamp(origin + t.n_offsets, 0, kBins);
        count = high - low;
        if (count <= 0) return;
        const size_t at = static_cast<size_t>(note.program / 8) * t.n_offsets + (low - origin);
        std::copy_n(t.spectra + at, count, row);
        std::copy_n(t.decays + at, count, decay);
        release = t.releases[note.program / 8];
    }
    float gain = loudness(note.velocity);
    for (int f = first; f < n_frames; ++f) {
        if (f >= last && !note.is_drum) gain *= release;
        float peak = 0.0f;
        for (int k = 0; k < count; ++k) peak = std::max(peak, row[k]);
        if (peak * gain < kInaudible) break;
        add_row(power + static_cast<size_t>(f) * kBins + low, row, decay, count, gain);
    }
}

}  // namespace

static Dense<float> render(Dense<int32_t> pitch, Dense<int32_t> velocity, Dense<double> start_frame,
                           Dense<double> end_frame, Dense<int32_t> program, Dense<bool> is_drum, int n_frames,
                           Dense<float> spectra, Dense<float> decays, Dense<float> releases, int below,
                           Dense<float> drums, Dense<float> drum_decays) {
    Dense<float> out({n_frames, kBins});
    const Templates t{static_cast<int>(spectra.shape(1)), below,           spectra.data(),    decays.data(),
                      releases.data(),                    drums.data(),    drum_decays.data()};
    float* power = out.mutable_data();
    const auto n_notes = pitch.shape(0);
    const int32_t *p = pitch.data(), *v = velocity.data(), *g = program.data();
    const double *s = start_frame.data(), *e = end_frame.data();
    const bool* d = is_drum.data();
    {
        py::gil_scoped_release unlocked;
        std::fill_n(power, static_cast<size_t>(n_frames) * kBins, 0.0f);
        for (py::ssize_t i = 0; i < n_notes; ++i) {
            if (s[i] >= n_frames) continue;
            add_note({p[i], v[i], g[i], d[i], static_cast<float>(s[i]), static_cast<float>(e[i])}, t, power,
                     n_frames);
        }
    }
    return out;
}

PYBIND11_MODULE(_render, m) {
    m.doc() = "compiled part of lakhdb.kernels.render";
    m.def("render", &render);
}
