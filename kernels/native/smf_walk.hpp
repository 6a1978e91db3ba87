// Walking through a Standard MIDI File, event by event. Whatever the bytes, the walk ends, within time linear in
// their number; what had to be skipped is counted and told in one sentence.

#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>

namespace smf {

using Byte = std::uint8_t;
using Tick = std::int64_t;

constexpr std::uint32_t kMaxNumber = 0x0FFFFFFF;  // largest variable-length number that the standard allows
constexpr int kDefaultDivision = 480;             // for files that name none; the commonest value in the wild

// ---------------------------------------------------------------------------------------------------- damage

enum class Flaw {
    no_header, bad_header, no_division, odd_division, leading, claimed_tracks, chunk_length, garbage, second_file,
    truncated, cut_event, no_status, bad_data, undefined_status, long_number, bad_sysex, bad_meta, tempo_zero, count_
};

constexpr std::array<const char*, static_cast<std::size_t>(Flaw::count_)> kFlawTexts{
    "no header", "header cut short or of an unknown format", "division 0 taken as 480", "unknown SMPTE frame rate",
    "other bytes before the header", "header claims another number of tracks", "wrong chunk length",
    "bytes skipped between or after the chunks", "another file behind this one skipped", "the file ends inside a track",
    "event cut short at the end of its track",
    "event without a status skipped", "data byte above 127 clipped or skipped", "undefined status skipped",
    "number too long", "system exclusive without its length", "malformed meta event skipped", "tempo 0 ignored"};

class Damage {
  public:
    void add(Flaw flaw) { ++counts_[static_cast<std::size_t>(flaw)]; }

    std::string sentence() const {
        std::string text;
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            if (counts_[i] == 0) continue;
            if (!text.empty()) text += "; ";
            text += kFlawTexts[i];
            if (counts_[i] > 1) text += " (" + std::to_string(counts_[i]) + " times)";
        }
        return text;
    }

  private:
    std::array<std::size_t, static_cast<std::size_t>(Flaw::count_)> counts_{};
};

// ---------------------------------------------------------------------------------------------------- events

struct Event {
    Tick tick;
    Byte status;
    Byte type;         // of a meta event
    const Byte* data;  // payload: data bytes, or what follows the length
    std::size_t size;
};

/// Read a variable-length number; false where the bytes end inside it.
bool read_number(const Byte*& at, const Byte* limit, std::uint32_t& number, Damage& damage) {
    std::uint64_t value = 0;
    const Byte* start = at;
    while (at < limit) {
        const Byte byte = *at++;
        value = std::min<std::uint64_t>(value << 7 | (byte & 0x7F), kMaxNumber);
        if (byte < 0x80) {
            if (at - start > 4) damage.add(Flaw::long_number);
            number = static_cast<std::uint32_t>(value);
            return true;
        }
    }
    return false;
}

/// Hand each event of one track to `visit`, up to the end of track or `limit`; return where reading ended.
template <class Visit>
class TrackWalk {
  public:
    TrackWalk(const Byte* begin, const Byte* limit, Damage& damage, Visit visit)
        : at_(begin), limit_(limit), damage_(damage), visit_(visit) {}

    const Byte* run() {
        while (at_ < limit_ && !ended_) {
            if (!step()) {
                damage_.add(Flaw::cut_event);
                return limit_;
            }
        }
        return at_;
    }

    bool ended() const { return ended_; }

  private:
    bool step() {
        std::uint32_t delta = 0;
        if (!read_number(at_, limit_, delta, damage_) || at_ == limit_) return false;
        tick_ += delta;
        Byte status = *at_;
        if (status >= 0x80) {
            ++at_;
        } else if (running_ != 0) {
            status = running_;
        } else {
            damage_.add(Flaw::no_status);
            while (at_ < limit_ && *at_ < 0x80) ++at_;
            if (at_ == limit_) return false;
            status = *at_++;
        }
        if (status < 0xF0) return step_channel(status);
        if (status == 0xFF) return step_meta();
        if (status == 0xF0 || status == 0xF7) return step_sysex(status);
        damage_.add(Flaw::undefined_status);
        at_ += std::min<std::ptrdiff_t>(status == 0xF2 ? 2 : status == 0xF1 || status == 0xF3, limit_ - at_);
        return true;
    }

    bool step_channel(Byte status) {
        running_ = status;
        const std::ptrdiff_t size = (status & 0xE0) == 0xC0 ? 1 : 2;
        if (limit_ - at_ < size) return false;
        const Byte* data = at_;
        at_ += size;
        if ((data[0] | data[size - 1]) >= 0x80) damage_.add(Flaw::bad_data);
        // A value above 127 can be clipped, a pitch or controller number can not.
        if (data[0] < 0x80 || size == 1) visit_(Event{tick_, status, 0, data, static_cast<std::size_t>(size)});
        return true;
    }

    bool step_meta() {
        if (at_ == limit_) return false;
        const Byte type = *at_++;
        std::uint32_t size = 0;
        if (!read_number(at_, limit_, size, damage_)) return false;
        if (type == 0x2F) {  // a wrong length must not hide that the track ends here
            ended_ = true;
            size = std::min<std::uint32_t>(size, static_cast<std::uint32_t>(limit_ - at_));
        }
        if (size > static_cast<std::size_t>(limit_ - at_)) return false;
        visit_(Event{tick_, 0xFF, type, at_, size});
        at_ += size;
        return true;
    }

    bool step_sysex(Byte status) {
        std::uint32_t size = 0;
        const Byte* start = at_;
        if (!read_number(at_, limit_, size, damage_)) return false;
        if (size > static_cast<std::size_t>(limit_ - at_)) {
            // Written as on the wire, without a length: it goes on to its F7.
            at_ = std::find(start, limit_, Byte{0xF7});
            if (at_ == limit_) return false;
            damage_.add(Flaw::bad_sysex);
            ++at_;
            visit_(Event{tick_, status, 0, start, static_cast<std::size_t>(at_ - start)});
            return true;
        }
        visit_(Event{tick_, status, 0, at_, size});
        at_ += size;
        return true;
    }

    const Byte* at_;
    const Byte* limit_;
    Damage& damage_;
    Visit visit_;
    Tick tick_ = 0;
    Byte running_ = 0;  // outlives meta and system exclusive events, against the standard, as many writers assume
    bool ended_ = false;
};

// ---------------------------------------------------------------------------------------------------- chunks

struct Header {
    int format = 1;
    int claimed_tracks = 0;
    int division = kDefaultDivision;   // ticks a quarter note, or the signed SMPTE word
    double seconds_per_tick = 0.0;     // SMPTE only
};

class Chunks {
  public:
    Chunks(const Byte* data, std::size_t size) : at_(data), end_(data + size) { open(); }

    const Header& header() const { return header_; }
    Damage& damage() { return damage_; }
    int n_tracks() const { return n_tracks_; }

    /// Hand the events of every track to `visit(track, event)`; `finish(track)` follows each track.
    template <class Visit, class Finish>
    void walk(Visit visit, Finish finish) {
        while (const Byte* body = next_track()) {
            const int track = n_tracks_++;
            const Byte* limit = limit_of(body);
            TrackWalk walk(body, limit, damage_, [&](const Event& event) { visit(track, event); });
            const Byte* stop = walk.run();
            leave(body, stop, limit, walk.ended());
            finish(track);
        }
        if (has_header_ && header_.claimed_tracks != n_tracks_) damage_.add(Flaw::claimed_tracks);
    }

  private:
    static std::uint32_t big_endian(const Byte* at) {
        return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 | at[3];
    }

    static bool is_named(const Byte* at, const char* name) { return std::memcmp(at, name, 4) == 0; }

    static const Byte* find(const char* name, const Byte* from, const Byte* limit) {
        return std::search(from, limit, name, name + 4);
    }

    void open() {
        if (end_ - at_ >= 12 && is_named(at_, "RIFF") && is_named(at_ + 8, "RMID")) enter_riff();
        const Byte* head = find("MThd", at_, end_);
        if (head == end_) {
            at_ = find("MTrk", at_, end_);
            if (at_ == end_) throw std::invalid_argument("not a MIDI file: it has neither MThd nor MTrk");
            damage_.add(Flaw::no_header);
            return;
        }
        if (head != at_) damage_.add(Flaw::leading);
        at_ = head;
        read_header();
    }

    /// Narrow the bytes to the RIFF data chunk: little-endian sizes, padded to even.
    void enter_riff() {
        const Byte* at = at_ + 12;
        while (end_ - at >= 8) {
            const std::uint64_t size = at[4] | at[5] << 8 | at[6] << 16 | std::uint64_t{at[7]} << 24;
            const std::uint64_t rest = static_cast<std::uint64_t>(end_ - at - 8);
            if (is_named(at, "data")) {
                at_ = at + 8;
                if (size >= 14 && size < rest) end_ = at_ + size;
                return;
            }
            if (size >= rest) break;
            at += 8 + size + (size & 1);
        }
        at_ = find("MThd", at_, end_);
    }

    void read_header() {
        has_header_ = true;
        if (end_ - at_ < 14) {
            damage_.add(Flaw::bad_header);
            at_ = end_;
            return;
        }
        const std::uint64_t size = big_endian(at_ + 4);
        header_.format = at_[8] << 8 | at_[9];
        header_.claimed_tracks = at_[10] << 8 | at_[11];
        header_.division = static_cast<std::int16_t>(at_[12] << 8 | at_[13]);
        if (header_.format > 2) {  // read as the commonest, and never handed out as it stands
            header_.format = 1;
            damage_.add(Flaw::bad_header);
        }
        read_division();
        const Byte* behind = at_ + 14;
        const bool fits = size >= 6 && size <= static_cast<std::uint64_t>(end_ - at_ - 8);
        if (fits && size != 6 && is_boundary(at_ + 8 + size)) behind = at_ + 8 + size;
        if (size != 6 && behind == at_ + 14) damage_.add(Flaw::chunk_length);
        at_ = behind;
    }

    void read_division() {
        if (header_.division == 0) {
            damage_.add(Flaw::no_division);
            header_.division = kDefaultDivision;
        }
        if (header_.division > 0) return;
        const int rate = -(header_.division >> 8);
        const int ticks = header_.division & 0xFF;
        if ((rate != 24 && rate != 25 && rate != 29 && rate != 30) || ticks == 0) damage_.add(Flaw::odd_division);
        const double frames = rate == 29 ? 30000.0 / 1001.0 : rate;
        header_.seconds_per_tick = 1.0 / (frames * std::max(ticks, 1));
    }

    /// Whether a chunk, or the end of the file, may begin here.
    bool is_boundary(const Byte* at) const {
        if (at == end_) return true;
        if (end_ - at < 8) return false;
        if (is_named(at, "MTrk") || is_named(at, "MThd")) return true;
        const bool printable = std::all_of(at, at + 4, [](Byte byte) { return byte >= 0x20 && byte < 0x7F; });
        return printable && big_endian(at + 4) <= static_cast<std::uint64_t>(end_ - at - 8);
    }

    /// Go to the next track chunk; return its body, or null where there is none.
    const Byte* next_track() {
        while (end_ - at_ >= 8) {
            if (is_named(at_, "MTrk")) return at_ + 8;
            if (is_named(at_, "MThd")) {
                damage_.add(Flaw::second_file);
                return nullptr;
            }
            if (is_boundary(at_) && is_boundary(at_ + 8 + big_endian(at_ + 4))) {
                at_ += 8 + big_endian(at_ + 4);  // a chunk of another kind: the standard says skip it
                continue;
            }
            const Byte* next = find("MTrk", at_, end_);
            note_garbage(at_, next);
            at_ = next;
        }
        note_garbage(at_, end_);
        return nullptr;
    }

    void note_garbage(const Byte* from, const Byte* to) {
        // Files padded with zeros to a block size lose nothing.
        if (std::any_of(from, to, [](Byte byte) { return byte != 0; })) damage_.add(Flaw::garbage);
    }

    /// Where the track at `body` may reach to: its declared end where that is believable, else the next track.
    const Byte* limit_of(const Byte* body) {
        const std::uint64_t size = big_endian(body - 4);
        const bool fits = size <= static_cast<std::uint64_t>(end_ - body);
        if (fits && is_boundary(body + size)) return body + size;
        const Byte* next = find("MTrk", body, end_);
        if (fits && next >= body + size && ends_cleanly(body, body + size)) return body + size;
        return next;
    }

    static bool ends_cleanly(const Byte* body, const Byte* limit) {
        Damage ignored;
        TrackWalk walk(body, limit, ignored, [](const Event&) {});
        return walk.run() == limit && walk.ended();
    }

    /// Leave a track whose reading ended at `stop`; go on at the next chunk.
    void leave(const Byte* body, const Byte* stop, const Byte* limit, bool ended) {
        at_ = limit;
        if (ended && stop != limit) {
            // The end of track came early: look for a track that a wrong length swallowed.
            const bool swallowed = find("MTrk", stop, limit) != limit;
            if (swallowed || limit - body != static_cast<std::ptrdiff_t>(big_endian(body - 4))) at_ = stop;
            else note_garbage(stop, limit);
        }
        const auto declared = static_cast<std::uint64_t>(big_endian(body - 4));
        if (declared == static_cast<std::uint64_t>(at_ - body)) return;
        damage_.add(at_ == end_ && !ended ? Flaw::truncated : Flaw::chunk_length);
    }

    const Byte* at_;
    const Byte* end_;
    Header header_;
    Damage damage_;
    bool has_header_ = false;
    int n_tracks_ = 0;
};

}  // namespace smf
