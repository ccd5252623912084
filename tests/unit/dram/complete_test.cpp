// complete() beside submit() and completion().
#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <tuple>
#include <vector>

#include "tests/unit/dram/player.hpp"

using namespace exysim;
using namespace exysim::dram;

namespace {

/// A controller and what became of the requests it was given.
struct Told {
    Controller controller;
    std::vector<std::vector<Issued>> commands;
    std::vector<Picoseconds> done;
    std::vector<Ticket> undecided;

    explicit Told(const ControllerConfig& config) : controller{config}, commands(config.geometry.channels) {
        for (uint32_t n = 0; n < controller.channels(); ++n) controller.log_commands(n, &commands[n]);
    }
    void collect() {
        for (const Ticket ticket : undecided) done.push_back(controller.completion(ticket));
        undecided.clear();
    }
    std::vector<std::tuple<Clocks, uint32_t, uint32_t, uint32_t>> issued() const {
        std::vector<std::tuple<Clocks, uint32_t, uint32_t, uint32_t>> all;
        for (const auto& channel : commands)
            for (const Issued& one : channel) all.emplace_back(one.at, one.command, one.bank, one.row);
        return all;
    }
};

ControllerConfig random_config(std::mt19937& random) {
    ControllerConfig made;
    const Preset& preset = presets()[random() % presets().size()];
    made.timing = preset.timing;
    made.geometry = preset.geometry;
    made.geometry.ranks = 1U << random() % 2;
    made.scheduling.page_policy = static_cast<PagePolicy>(random() % 3);
    made.scheduling.row_timeout = random() % 2 * 100;
    made.scheduling.power_down_after = random() % 2 * 50;
    made.scheduling.self_refresh_after = random() % 2 * 5000;
    return made;
}

/// Bursts of one or more parts, near each other or not, about in order of time; now and then a long pause.
Request random_request(std::mt19937& random) {
    const uint64_t offset = (random() % 4 == 0 ? random() % (64U << 20) : random() % (1U << 16)) & ~31U;
    const auto priority = static_cast<uint8_t>(random() % 8 == 0 ? random() % 4 : 0);
    return {offset, 32U << random() % 4, random() % 3 == 0, priority};
}

}  // namespace

TEST_CASE("dram: complete() is submit() and completion()", "[dram]") {
    for (uint32_t seed = 0; seed < 40; ++seed) {
        std::mt19937 random{seed};
        const ControllerConfig config = random_config(random);
        Told in_one{config}, apart{config};
        const uint32_t waited_for = 1 + random() % 8;  // one of so many is not; 1: all are
        Picoseconds now = 10'000'000;
        for (int n = 0; n < 6000; ++n) {
            const Request request = random_request(random);
            const Picoseconds at = now - random() % 3 / 2 * (random() % 200'000);
            if (random() % waited_for == 0 && waited_for != 1) {
                in_one.undecided.push_back(in_one.controller.submit(request, at));
                apart.undecided.push_back(apart.controller.submit(request, at));
            } else {
                in_one.done.push_back(in_one.controller.complete(request, at));
                apart.done.push_back(apart.controller.completion(apart.controller.submit(request, at)));
                now = std::max(now, apart.done.back());
            }
            if (random() % 16 == 0) {
                in_one.collect();
                apart.collect();
            }
            if (random() % 100 == 0) now += random() % 30'000'000;
        }
        in_one.collect();
        apart.collect();
        INFO("seed " << seed);
        CHECK(in_one.done == apart.done);
        CHECK(in_one.issued() == apart.issued());
        const ControllerStats &one = in_one.controller.stats(), &two = apart.controller.stats();
        CHECK(one.latency_clocks == two.latency_clocks);
        CHECK(one.latency.count() == two.latency.count());
        CHECK(one.read_bytes + one.write_bytes == two.read_bytes + two.write_bytes);
        CHECK(one.last_data == two.last_data);
        const ChannelStats first = in_one.controller.channel_stats(),
                           second = apart.controller.channel_stats();
        CHECK(first.late_in_gap == second.late_in_gap);
        CHECK(first.late_queued == second.late_queued);
        CHECK(first.write_batches == second.write_batches);
        CHECK(first.power_downs == second.power_downs);
        CHECK(first.row_hits == second.row_hits);
    }
}
