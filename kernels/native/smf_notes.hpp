// What the events of a Standard MIDI File mean: which note-off ends which note-on, and when a tick sounds.

#pragma once

#include "smf_walk.hpp"

#include <vector>

namespace smf {

constexpr std::uint32_t kNone = UINT32_MAX;
constexpr double kDefaultTempo = 500000.0;  // microseconds a quarter note until a file says otherwise

inline bool is_note_on(const Event& event) { return (event.status & 0xF0) == 0x90 && event.data[1] > 0; }
inline bool is_note_off(const Event& event) { return (event.status & 0xE0) == 0x80 && !is_note_on(event); }

/// Note-ons of one track, joined with their note-offs by both rules in use.
class Pairing {
  public:
    struct Link {
        std::uint32_t event;  // the caller's number of the note-on
        std::uint32_t slot;
        Tick start;
        std::uint32_t next = kNone;       // note-on of the same slot
        std::uint32_t first_in = kNone;   // number of the note-off, first in, first out
        std::uint32_t close_all = kNone;  // and where a note-off closes all that is open
    };

    void start(const Event& event, std::uint32_t number) {
        const std::uint32_t index = static_cast<std::uint32_t>(links_.size());
        const std::uint32_t key = slot_of(event);
        links_.push_back(Link{number, key, event.tick});
        Slot& slot = slots_[key];
        if (slot.last == kNone) touched_.push_back(key);
        else links_[slot.last].next = index;
        slot.last = index;
        if (slot.oldest == kNone) slot.oldest = slot.cluster = index;
        if (slot.open == kNone) slot.open = index;
    }

    void stop(const Event& event, std::uint32_t number) {
        Slot& slot = slots_[slot_of(event)];
        if (slot.oldest != kNone) {
            links_[slot.oldest].first_in = number;
            slot.oldest = links_[slot.oldest].next;
        }
        if (slot.open == kNone) return;
        // A note that starts on this very tick goes on where the note-off has an older one to close.
        const bool all = links_[slot.open].start == event.tick;
        while (slot.open != kNone && (all || links_[slot.open].start != event.tick)) {
            links_[slot.open].close_all = number;
            slot.open = links_[slot.open].next;
        }
    }

    /// Hand each closed note to `close(note-on number, note-off number)`, in order, and forget the track.
    template <class Close>
    void finish(Close close) {
        for (std::uint32_t i = 0; i < links_.size(); ++i) {
            // First in, first out is right only where every note-on has a note-off of its own: one that has none
            // would shift all that follow.
            const Slot& slot = slots_[links_[i].slot];
            const bool balanced = slot.oldest == kNone || i < slot.cluster;
            const std::uint32_t stop = balanced ? links_[i].first_in : links_[i].close_all;
            if (stop != kNone) close(links_[i].event, stop);
        }
        for (const std::uint32_t key : touched_) slots_[key] = Slot{};
        touched_.clear();
        links_.clear();
    }

  private:
    /// One pitch of one channel: its latest note-on, the oldest open one by either rule, and the first since
    /// all were closed.
    struct Slot {
        std::uint32_t last = kNone, oldest = kNone, open = kNone, cluster = kNone;
    };

    static std::uint32_t slot_of(const Event& event) { return (event.status & 0x0Fu) << 7 | event.data[0]; }

    std::array<Slot, 16 * 128> slots_{};
    std::vector<std::uint32_t> touched_;
    std::vector<Link> links_;
};

/// A meta event with its numbers; only some have two.
struct Timed {
    Tick tick;
    std::int32_t track;
    Byte type;
    std::int32_t first, second;  // the numbers in it
    const Byte* data;
    std::size_t size;
};

class TempoMap {
  public:
    TempoMap(const smf::Header& header, const std::vector<Timed>& tempos) {
        const bool metrical = header.seconds_per_tick == 0.0;
        const double scale = 1e-6 / header.division;
        append(0, metrical ? kDefaultTempo * scale : header.seconds_per_tick);
        if (!metrical) return;
        for (const Timed& tempo : tempos) append(tempo.tick, tempo.first * scale);
    }

    double seconds(Tick tick) {
        // Neighbours mostly share their stretch.
        if (tick < stretches_[at_].tick || (at_ + 1 < stretches_.size() && tick >= stretches_[at_ + 1].tick)) {
            const auto behind = std::upper_bound(stretches_.begin(), stretches_.end(), tick,
                                                 [](Tick t, const Stretch& s) { return t < s.tick; });
            at_ = static_cast<std::size_t>(behind - stretches_.begin()) - 1;
        }
        const Stretch& stretch = stretches_[at_];
        return stretch.start_s + static_cast<double>(tick - stretch.tick) * stretch.s_per_tick;
    }

  private:
    struct Stretch {
        Tick tick;
        double start_s, s_per_tick;
    };

    void append(Tick tick, double s_per_tick) {
        double start_s = 0.0;
        if (!stretches_.empty()) {
            const Stretch& last = stretches_.back();
            start_s = last.start_s + static_cast<double>(tick - last.tick) * last.s_per_tick;
        }
        stretches_.push_back(Stretch{tick, start_s, s_per_tick});
    }

    std::vector<Stretch> stretches_;
    std::size_t at_ = 0;
};

}  // namespace smf
