// complete() and accept() beside submit(), completion() and acceptance(), and beside all requests in order of
// time.
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
    /// By one call. `posted`: a write that only has to be taken over.
    Picoseconds at_once(const Request& request, Picoseconds at, bool posted) {
        return posted ? controller.accept(request, at) : controller.complete(request, at);
    }
    Picoseconds in_steps(const Request& request, Picoseconds at, bool posted) {
        const Ticket ticket = controller.submit(request, at);
        return posted ? controller.acceptance(ticket) : controller.completion(ticket);
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
Request random_request(std::mt19937& random, bool write) {
    const uint64_t offset = (random() % 4 == 0 ? random() % (64U << 20) : random() % (1U << 16)) & ~31U;
    const auto priority = static_cast<uint8_t>(random() % 8 == 0 ? random() % 4 : 0);
    return {offset, 32U << random() % 4, write, priority};
}

}  // namespace

TEST_CASE("dram: complete() and accept() are submit(), and completion() or acceptance()", "[dram]") {
    for (uint32_t seed = 0; seed < 400; ++seed) {
        std::mt19937 random{seed};
        const ControllerConfig config = random_config(random);
        Told in_one{config}, apart{config};
        const uint32_t waited_for = 1 + random() % 8;  // one of so many is not; 1: all are
        Picoseconds now = 10'000'000;
        for (int n = 0; n < 6000; ++n) {
            const Request request = random_request(random, random() % 3 == 0);
            const Picoseconds at = now - random() % 3 / 2 * (random() % 200'000);
            if (random() % waited_for == 0 && waited_for != 1) {
                in_one.undecided.push_back(in_one.controller.submit(request, at));
                apart.undecided.push_back(apart.controller.submit(request, at));
            } else {
                const bool posted = request.write && random() % 4 != 0;
                in_one.done.push_back(in_one.at_once(request, at, posted));
                apart.done.push_back(apart.in_steps(request, at, posted));
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

TEST_CASE("dram: a write is taken over at once while the queue has room, else when one has left it",
          "[dram]") {
    ControllerConfig config;
    config.timing = presets().front().timing;
    config.geometry = presets().front().geometry;
    config.scheduling.write_queue = 4;
    config.scheduling.write_high = 4;
    config.mapping.channel_bits = {};
    Controller controller{config};
    const Clocks arrival = 1000;
    const auto accepted = [&](uint32_t row) {
        const Request write{row * config.geometry.row_bytes() * config.geometry.banks, 32, true};
        return controller.accept(write, controller.picoseconds_of(arrival));
    };
    for (uint32_t row = 0; row < 4; ++row) CHECK(accepted(row) == controller.picoseconds_of(arrival));
    // The first opens its row and is written; the second has to wait for the first's bank.
    const Timing& t = config.timing;
    const Clocks first = arrival + config.scheduling.frontend + t.rcd;
    CHECK(accepted(4) == controller.picoseconds_of(first));
    const Clocks closed = std::max<Clocks>(first + t.wl + t.burst() + t.wr, first - t.rcd + t.ras);
    const Clocks opened = std::max<Clocks>(closed + t.rp, first - t.rcd + t.rc);
    CHECK(accepted(5) == controller.picoseconds_of(opened + t.rcd));
}

/// A core that waits for what it reads, and of each line that leaves for another writes it without waiting.
TEST_CASE("dram: a core's reads and writes have the times of time order", "[dram]") {
    for (uint32_t seed = 0; seed < 60; ++seed) {
        std::mt19937 random{seed};
        const ControllerConfig config = random_config(random);
        Told core{config}, in_order{config};
        const uint32_t writes = 1 + seed % 3;  // at most so many for each read
        const uint32_t pause = 20'000 << random() % 3;
        Picoseconds now = 10'000'000;
        for (int n = 0; n < 3000; ++n) {
            const Request read = random_request(random, false);
            const Picoseconds done = core.controller.complete(read, now);
            in_order.controller.submit(read, now);
            for (uint32_t left = random() % (writes + 1); left > 0; --left) {
                const Request write = random_request(random, true);
                now += random() % 20'000;
                in_order.controller.submit(write, now);
                now = std::max(now, core.controller.accept(write, now));
            }
            now = std::max(now, done) + random() % pause;
            if (random() % 200 == 0) now += random() % 30'000'000;
        }
        core.controller.finish();
        in_order.controller.finish();
        INFO("seed " << seed);
        const auto latency = [](const Told& told) {
            return static_cast<double>(told.controller.stats().latency_clocks);
        };
        CHECK(core.controller.stats().latency.count() == in_order.controller.stats().latency.count());
        CHECK(latency(core) == Approx(latency(in_order)).epsilon(writes == 1 ? 0.01 : 0.03));
    }
}
