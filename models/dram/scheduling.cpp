#include "models/dram/scheduling.hpp"

namespace exysim::dram {

namespace {
// clang-format off
constexpr SchedulingRow kRows[] = {
    {"row_timeout", &Scheduling::row_timeout, "open policy: clocks until an unused row is closed, 0 = never", 0, 1'000'000},
    {"read_queue", &Scheduling::read_queue, "reads a channel can choose from", 1, 64},
    {"write_queue", &Scheduling::write_queue, "writes a channel can choose from", 1, 64},
    {"write_high", &Scheduling::write_high, "waiting writes that make a batch", 1, 64},
    {"write_low", &Scheduling::write_low, "waiting writes that end a batch", 0, 63},
    {"max_wait", &Scheduling::max_wait, "clocks after which the oldest goes first", 1, 1'000'000'000},
    {"frontend", &Scheduling::frontend, "clocks from arrival to the first command", 0, 1'000},
    {"power_down_after", &Scheduling::power_down_after, "idle clocks to power-down, 0 = never", 0, 1'000'000'000},
    {"self_refresh_after", &Scheduling::self_refresh_after, "idle clocks to self-refresh, 0 = never", 0, 1'000'000'000},
};
// clang-format on
}  // namespace

std::span<const SchedulingRow> scheduling_rows() { return kRows; }

std::vector<Contradiction> contradictions(const Scheduling& s) {
    std::vector<Contradiction> found;
    if (s.write_high > s.write_queue)
        found.push_back({"write_high", "is more than write_queue: a batch would never start"});
    if (s.write_low >= s.write_high)
        found.push_back({"write_low", "is not less than write_high: a batch would end before it started"});
    if (s.self_refresh_after != 0 && s.self_refresh_after <= s.power_down_after)
        found.push_back({"self_refresh_after", "is not more than power_down_after"});
    return found;
}

}  // namespace exysim::dram
