// Plays made-up traffic through a controller of one channel, a fixed number of requests in flight.
#pragma once

#include <functional>
#include <vector>

#include "models/dram/controller.hpp"

namespace exysim::test {

inline dram::ControllerConfig one_channel(const char* preset_name) {
    dram::ControllerConfig made;
    made.timing = dram::preset(preset_name)->timing;
    made.geometry = dram::preset(preset_name)->geometry;
    made.geometry.channels = 1;
    return made;
}

struct Access {
    uint64_t offset;
    bool write = false;
};

struct Played {
    double mean_ns, gigabytes_per_second;
    dram::ChannelStats channel;
};

/// `count` bursts of 32 bytes, each `next(n)`, with at most `in_flight` undecided; the oldest is waited for.
inline Played play(const dram::ControllerConfig& config, uint64_t count, size_t in_flight,
                   const std::function<Access(uint64_t)>& next) {
    dram::Controller controller{config};
    std::vector<dram::Ticket> waiting(in_flight);
    Picoseconds now = 0;
    for (uint64_t n = 0; n < count; ++n) {
        dram::Ticket& slot = waiting[n % in_flight];
        if (n >= in_flight) now = std::max(now, controller.completion(slot));
        const Access access = next(n);
        slot = controller.submit({access.offset, 32, access.write}, now);
    }
    controller.finish();
    const dram::ControllerStats& stats = controller.stats();
    const double tck_ns = config.timing.tck_ps / 1000.0;
    return {static_cast<double>(stats.latency_clocks) * tck_ns / static_cast<double>(count),
            static_cast<double>(count) * 32 / (static_cast<double>(stats.last_data) * tck_ns),
            controller.channel_stats()};
}

}  // namespace exysim::test
