// Plays requests through a controller as they come, or a fixed number in flight.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "models/dram/controller.hpp"

namespace exysim::dram {

/// Open loop: every request arrives at its own time. `R` has `at`, `offset`, `bytes` and `write`.
template <class R>
void play_timed(Controller& controller, const std::vector<R>& requests) {
    for (const R& r : requests) controller.submit({r.offset, r.bytes, r.write}, r.at);
    controller.finish();
}

/// Closed loop: times are ignored; with `outstanding` requests in flight, the next arrives when the oldest is
/// done. `outstanding` is at most Controller::kOutstanding.
template <class R>
void play_closed(Controller& controller, const std::vector<R>& requests, uint32_t outstanding) {
    std::vector<Ticket> flight(outstanding);
    Picoseconds now = 0;
    for (size_t n = 0; n < requests.size(); ++n) {
        Ticket& slot = flight[n % outstanding];
        if (n >= outstanding) now = std::max(now, controller.completion(slot));
        slot = controller.submit({requests[n].offset, requests[n].bytes, requests[n].write}, now);
    }
    controller.finish();
}

}  // namespace exysim::dram
