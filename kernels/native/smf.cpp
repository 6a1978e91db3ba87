// Standard MIDI Files: bytes in, arrays of notes and other events out.

#include "smf_notes.hpp"

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <string_view>
#include <utility>
#include <vector>

namespace py = pybind11;

namespace {

using smf::Byte;
using smf::Chunks;
using smf::Event;
using smf::Flaw;
using smf::Pairing;
using smf::TempoMap;
using smf::Tick;
using smf::Timed;

constexpr Byte kUnset = 0xFF;

Byte clip(Byte value) { return std::min<Byte>(value, 127); }

struct Note {
    Tick start, end;
    std::int32_t track;
    Byte channel, program, pitch, velocity;
};

struct ProgramChange {
    Tick tick;
    Byte channel, program;
};

template <class T>
void sort_by_tick(std::vector<T>& events) {
    std::stable_sort(events.begin(), events.end(), [](const T& a, const T& b) { return a.tick < b.tick; });
}

// --------------------------------------------------------------------------------------------------- reading

class Reader {
  public:
    explicit Reader(std::string_view data) : chunks_(reinterpret_cast<const Byte*>(data.data()), data.size()) {
        chunks_.walk([this](int track, const Event& event) { take(track, event); },
                     [this](int track) { finish(track); });
        sort_by_tick(tempos);
        sort_by_tick(time_signatures);
        sort_by_tick(key_signatures);
        sort_by_tick(texts);
        lend_programs();
        merge_tracks();
    }

    Chunks& chunks() { return chunks_; }

    std::vector<Note> notes;
    std::vector<Timed> tempos, time_signatures, key_signatures, texts;
    Tick last_tick = 0;

  private:
    void take(int track, const Event& event) {
        last_tick = std::max(last_tick, event.tick);
        const Byte channel = event.status & 0x0F;
        if (event.status == 0xFF) {
            take_meta(track, event);
        } else if (smf::is_note_on(event)) {
            pairing_.start(event, static_cast<std::uint32_t>(opened_.size()));
            opened_.push_back(Note{event.tick, 0, track, channel, programs_[channel], event.data[0],
                                   clip(event.data[1])});
        } else if (smf::is_note_off(event)) {
            pairing_.stop(event, static_cast<std::uint32_t>(off_ticks_.size()));
            off_ticks_.push_back(event.tick);
        } else if ((event.status & 0xF0) == 0xC0) {
            programs_[channel] = clip(event.data[0]);
            changes_.push_back(ProgramChange{event.tick, channel, programs_[channel]});
        }
    }

    void take_meta(int track, const Event& event) {
        const Byte* data = event.data;
        Timed timed{event.tick, track, event.type, 0, 0, data, event.size};
        if (event.type >= 0x01 && event.type <= 0x0F) {
            texts.push_back(timed);
        } else if (event.type == 0x51 && event.size >= 3) {
            timed.first = data[0] << 16 | data[1] << 8 | data[2];
            if (timed.first > 0) tempos.push_back(timed);
            else chunks_.damage().add(Flaw::tempo_zero);
        } else if (event.type == 0x58 && event.size >= 2 && data[0] > 0 && data[1] < 31) {
            timed.first = data[0];
            timed.second = 1 << data[1];
            time_signatures.push_back(timed);
        } else if (event.type == 0x59 && event.size >= 2 && std::abs(static_cast<std::int8_t>(data[0])) <= 7 &&
                   data[1] <= 1) {
            timed.first = static_cast<std::int8_t>(data[0]);
            timed.second = data[1];
            key_signatures.push_back(timed);
        } else if (event.type == 0x51 || event.type == 0x58 || event.type == 0x59) {
            chunks_.damage().add(Flaw::bad_meta);
        }
    }

    /// Close the track's notes and put them in order: start, channel, pitch, appearance.
    void finish(int) {
        const std::size_t first = notes.size();
        pairing_.finish([this](std::uint32_t on, std::uint32_t off) {
            notes.push_back(opened_[on]);
            notes.back().end = off_ticks_[off];
        });
        for (auto from = notes.begin() + static_cast<std::ptrdiff_t>(first); from != notes.end();) {
            const auto to = std::find_if(from, notes.end(), [&](const Note& n) { return n.start != from->start; });
            if (to - from > 1) {
                std::stable_sort(from, to, [](const Note& a, const Note& b) {
                    return std::pair(a.channel, a.pitch) < std::pair(b.channel, b.pitch);
                });
            }
            from = to;
        }
        if (notes.size() > first) runs_.push_back(notes.size());
        opened_.clear();
        off_ticks_.clear();
        programs_.fill(kUnset);
    }

    /// A track that never named a program on a channel plays the one that another track set there.
    void lend_programs() {
        std::array<std::vector<ProgramChange>, 16> lent;
        sort_by_tick(changes_);
        for (const ProgramChange& change : changes_) lent[change.channel].push_back(change);
        for (Note& note : notes) {
            if (note.program != kUnset) continue;
            const auto& known = lent[note.channel];
            const auto behind = std::upper_bound(known.begin(), known.end(), note.start,
                                                 [](Tick t, const ProgramChange& c) { return t < c.tick; });
            note.program = behind == known.begin() ? 0 : (behind - 1)->program;
        }
    }

    /// Merge the tracks' runs of notes by start, neighbours first, so that equal starts stay in track order.
    void merge_tracks() {
        std::vector<Note> merged;
        while (runs_.size() > 1) {
            merged.resize(notes.size());
            std::vector<std::size_t> longer;
            std::size_t from = 0;
            for (std::size_t i = 0; i < runs_.size(); i += 2) {
                const std::size_t middle = runs_[i];
                const std::size_t to = runs_[std::min(i + 1, runs_.size() - 1)];
                std::merge(notes.data() + from, notes.data() + middle, notes.data() + middle, notes.data() + to,
                           merged.data() + from, [](const Note& a, const Note& b) { return a.start < b.start; });
                longer.push_back(to);
                from = to;
            }
            notes.swap(merged);
            runs_.swap(longer);
        }
    }

    Chunks chunks_;
    Pairing pairing_;
    std::vector<Note> opened_;
    std::vector<Tick> off_ticks_;
    std::vector<ProgramChange> changes_;
    std::vector<std::size_t> runs_;  // where each track's notes end
    std::array<Byte, 16> programs_ = [] {
        std::array<Byte, 16> unset{};
        unset.fill(kUnset);
        return unset;
    }();
};

// ---------------------------------------------------------------------------------------------------- Python

/// An array with one value for each item.
template <class T, class Items, class Value>
py::array_t<T> column(const Items& items, Value value) {
    py::array_t<T> array(static_cast<py::ssize_t>(items.size()));
    T* out = array.mutable_data();
    for (const auto& item : items) *out++ = static_cast<T>(value(item));
    return array;
}

py::dict note_columns(const std::vector<Note>& notes, TempoMap& map) {
    py::dict columns;
    columns["track"] = column<std::int32_t>(notes, [](const Note& n) { return n.track; });
    columns["channel"] = column<Byte>(notes, [](const Note& n) { return n.channel; });
    columns["program"] = column<Byte>(notes, [](const Note& n) { return n.program; });
    columns["is_drum"] = column<bool>(notes, [](const Note& n) { return n.channel == 9; });
    columns["pitch"] = column<Byte>(notes, [](const Note& n) { return n.pitch; });
    columns["velocity"] = column<Byte>(notes, [](const Note& n) { return n.velocity; });
    columns["start_tick"] = column<Tick>(notes, [](const Note& n) { return n.start; });
    columns["end_tick"] = column<Tick>(notes, [](const Note& n) { return n.end; });
    columns["start_s"] = column<double>(notes, [&](const Note& n) { return map.seconds(n.start); });
    columns["end_s"] = column<double>(notes, [&](const Note& n) { return map.seconds(n.end); });
    return columns;
}

/// Tick and time of each event, and its numbers under the names given.
py::dict timed_columns(const std::vector<Timed>& events, TempoMap& map, const char* first, const char* second) {
    py::dict columns;
    columns["tick"] = column<Tick>(events, [](const Timed& e) { return e.tick; });
    columns["time_s"] = column<double>(events, [&](const Timed& e) { return map.seconds(e.tick); });
    if (first) columns[first] = column<std::int32_t>(events, [](const Timed& e) { return e.first; });
    if (second) columns[second] = column<std::int32_t>(events, [](const Timed& e) { return e.second; });
    return columns;
}

py::dict text_columns(const std::vector<Timed>& texts, TempoMap& map) {
    py::dict columns = timed_columns(texts, map, nullptr, nullptr);
    columns["track"] = column<std::int32_t>(texts, [](const Timed& e) { return e.track; });
    columns["type"] = column<Byte>(texts, [](const Timed& e) { return e.type; });
    py::list data(texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
        data[i] = py::bytes(reinterpret_cast<const char*>(texts[i].data), texts[i].size);
    }
    columns["data"] = data;
    return columns;
}

std::string_view view_of(const py::bytes& data) {
    const std::string_view view = data;
    if (view.size() > INT32_MAX) throw std::invalid_argument("more than 2 GiB: too large for a MIDI file");
    return view;
}

template <class T>
T without_gil(const py::bytes& data) {
    const std::string_view view = view_of(data);
    py::gil_scoped_release release;
    return T(view);
}

// ---------------------------------------------------------------------------------------------- plain events

/// Every event as it stands in the file, for rewriting; a note-on knows the event that ends it.
class Listing {
  public:
    struct Item {
        Event event;
        std::int32_t track;
        std::int64_t note_end;  // number of the note-off, -1 for what is no note
    };

    explicit Listing(std::string_view data)
        : base(reinterpret_cast<const Byte*>(data.data())), chunks(base, data.size()) {
        chunks.walk([this](int track, const Event& event) { take(track, event); },
                    [this](int) {
                        pairing_.finish([this](std::uint32_t on, std::uint32_t off) { items[on].note_end = off; });
                    });
    }

    const Byte* base;
    Chunks chunks;
    std::vector<Item> items;

  private:
    void take(int track, const Event& event) {
        const auto number = static_cast<std::uint32_t>(items.size());
        items.push_back(Item{event, track, -1});
        if (smf::is_note_on(event)) pairing_.start(event, number);
        else if (smf::is_note_off(event)) pairing_.stop(event, number);
    }

    Pairing pairing_;
};

py::object damage_of(Chunks& chunks) {
    const std::string sentence = chunks.damage().sentence();
    return sentence.empty() ? py::object(py::none()) : py::object(py::str(sentence));
}

py::dict header_of(Chunks& chunks) {
    py::dict header;
    header["format"] = chunks.header().format;
    header["division"] = chunks.header().division;
    header["seconds_per_tick"] = chunks.header().seconds_per_tick;
    header["n_tracks"] = chunks.n_tracks();
    header["damage"] = damage_of(chunks);
    return header;
}

py::dict read_midi(const py::bytes& data) {
    Reader reader = without_gil<Reader>(data);
    TempoMap map(reader.chunks().header(), reader.tempos);
    py::dict file = header_of(reader.chunks());
    file["notes"] = note_columns(reader.notes, map);
    file["tempos"] = timed_columns(reader.tempos, map, "us_per_quarter", nullptr);
    file["time_signatures"] = timed_columns(reader.time_signatures, map, "numerator", "denominator");
    file["key_signatures"] = timed_columns(reader.key_signatures, map, "sharps", "is_minor");
    file["texts"] = text_columns(reader.texts, map);
    file["duration_s"] = map.seconds(reader.last_tick);
    return file;
}

py::dict list_events(const py::bytes& data) {
    Listing listing = without_gil<Listing>(data);
    const auto& items = listing.items;
    const Byte* base = listing.base;
    py::dict file = header_of(listing.chunks);
    file["track"] = column<std::int32_t>(items, [](const auto& i) { return i.track; });
    file["tick"] = column<Tick>(items, [](const auto& i) { return i.event.tick; });
    file["status"] = column<Byte>(items, [](const auto& i) { return i.event.status; });
    file["type"] = column<Byte>(items, [](const auto& i) { return i.event.type; });
    file["begin"] = column<std::int64_t>(items, [&](const auto& i) { return i.event.data - base; });
    file["end"] = column<std::int64_t>(items, [&](const auto& i) { return i.event.data - base + i.event.size; });
    file["note_end"] = column<std::int64_t>(items, [](const auto& i) { return i.note_end; });
    return file;
}

}  // namespace

PYBIND11_MODULE(_smf, m) {
    m.doc() = "Reading Standard MIDI Files; see lakhdb.kernels.midi_file.";
    m.def("read_midi", &read_midi, py::arg("data"));
    m.def("list_events", &list_events, py::arg("data"));
}
