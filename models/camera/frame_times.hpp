// When a sensor's frames begin: evenly, or as they were recorded.
#pragma once

#include <optional>
#include <vector>

#include "models/base/clock.hpp"

namespace exysim::camera {

/// Frame starts after stream-on. Without a record they are exact multiples of the frame period.
struct FrameTimes {
    enum class AtEnd : uint8_t { loop, hold, stop };
    std::vector<Picoseconds> recorded = {};  ///< rising; the first is usually zero
    AtEnd at_end = AtEnd::loop;              ///< what follows the last recorded one

    /// Start of frame `number`; nothing if the record has ended there. loop: the record begins again one
    /// frame period after its last frame; hold: frames go on evenly.
    std::optional<Picoseconds> start(uint64_t number, uint64_t rate) const {
        const uint64_t count = recorded.size();
        if (count == 0) return time_of_tick(number, rate);
        if (number < count) return recorded[number];
        if (at_end == AtEnd::stop) return {};
        if (at_end == AtEnd::hold) return recorded.back() + time_of_tick(number - count + 1, rate);
        const Picoseconds round = recorded.back() + time_of_tick(1, rate) - recorded.front();
        return recorded[number % count] + number / count * round;
    }
};

}  // namespace exysim::camera
