// What the scheduler decides and when. Expected times are sums of data sheet values, written out.
#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

#include "tests/unit/dram/player.hpp"

using namespace exysim;
using namespace exysim::dram;
using test::one_channel;

namespace {
constexpr uint64_t kRow = 32768;  // one channel, row bank column: the next row of the same bank
constexpr uint64_t kBank = 4096;  // the next bank

ControllerConfig bare(const char* name) {  // the devices alone
    ControllerConfig made = one_channel(name);
    made.scheduling.frontend = 0;
    return made;
}
Picoseconds ask(Controller& controller, const Request& request, Picoseconds at) {
    return controller.completion(controller.submit(request, at));
}
}  // namespace

TEST_CASE("dram: closed row, open row and other row take what the data sheet adds up to", "[dram]") {
    Controller ddr3{bare("ddr3-800")};
    CHECK(ask(ddr3, {0, 32}, 0) == 40'000);                       // tRCD + RL + BL/2: 6 + 6 + 4 clocks
    CHECK(ask(ddr3, {32, 32}, 1'000'000) == 1'025'000);           // RL + BL/2
    CHECK(ask(ddr3, {kRow, 32}, 2'000'000) == 2'055'000);         // and tRP + tRCD before
    CHECK(ask(ddr3, {kBank, 32, true}, 3'000'000) == 3'037'500);  // tRCD + WL + BL/2: 6 + 5 + 4
    Controller lpddr2{bare("lpddr2-800")};
    CHECK(ask(lpddr2, {0, 32}, 0) == 52'500);  // 8 + 6 + 3 (tDQSCK) + 4
    CHECK(ask(lpddr2, {kRow, 32}, 1'000'000) == 1'072'500);
}

TEST_CASE("dram: a stream of row hits keeps the data bus full, one bank alone is bound by tRC", "[dram]") {
    Controller hits{bare("ddr3-800")}, conflicts{bare("ddr3-800")};
    Ticket last_hit = 0, last_conflict = 0;
    for (uint64_t n = 0; n < 20; ++n) {
        last_hit = hits.submit({32 * n, 32}, 0);
        last_conflict = conflicts.submit({kRow * n, 32}, 0);
    }
    CHECK(hits.completion(last_hit) == 40'000 + 19 * 10'000);            // BL/2 each
    CHECK(conflicts.completion(last_conflict) == 40'000 + 19 * 52'500);  // tRC each
}

TEST_CASE("dram: five activates do not fit into tFAW", "[dram]") {
    Controller controller{bare("ddr3-800")};
    std::vector<Issued> log;
    controller.log_commands(0, &log);
    for (uint64_t n = 0; n < 5; ++n) controller.submit({kBank * n, 32}, 0);
    controller.finish();
    std::vector<Clocks> activates;
    for (const Issued& command : log)
        if (command.command == kActivate) activates.push_back(command.at);
    CHECK(activates == std::vector<Clocks>{0, 4, 8, 12, 20});  // tRRD 10 ns, tFAW 50 ns
}

TEST_CASE("dram: a refresh comes every tREFI and holds the rank for tRFC", "[dram]") {
    Controller controller{bare("ddr3-800")};
    ask(controller, {0, 32}, 7'000'000);
    // due at 7.8 us: precharged, refreshed for 160 ns, opened anew (40 ns)
    CHECK(ask(controller, {0, 32}, 7'801'000) == 7'800'000 + 160'000 + 40'000);
    CHECK(controller.channel_stats().refreshes == 1);
    ask(controller, {0, 32}, 78'100'000);
    CHECK(controller.channel_stats().refreshes == 10);
    ControllerConfig never = bare("ddr3-800");
    never.timing.refi = 0;
    Controller other{never};
    ask(other, {0, 32}, 7'000'000);
    CHECK(ask(other, {0, 32}, 78'100'000) == 78'125'000);
}

TEST_CASE("dram: row hits overtake, but nobody waits longer than max_wait", "[dram]") {
    ControllerConfig config = bare("ddr3-800");
    for (const uint32_t patience : {4095U, 40U}) {
        config.scheduling.max_wait = patience;
        Controller controller{config};
        ask(controller, {0, 32}, 0);
        const Ticket other_row = controller.submit({kRow, 32}, 100'000);
        Ticket last_hit = 0;
        for (uint64_t n = 1; n < 25; ++n) last_hit = controller.submit({32 * n, 32}, 100'000);
        const bool overtaken = controller.completion(last_hit) < controller.completion(other_row);
        CHECK(overtaken == (patience == 4095));
    }
}

TEST_CASE("dram: an urgent request goes first", "[dram]") {
    Controller controller{bare("ddr3-800")};
    std::vector<Ticket> usual;
    for (uint64_t n = 0; n < 8; ++n) usual.push_back(controller.submit({32 * n, 32}, 0));
    const Ticket urgent = controller.submit({kBank, 32, false, 3}, 0);
    for (const Ticket ticket : usual) CHECK(controller.completion(urgent) < controller.completion(ticket));
}

TEST_CASE("dram: writes wait for company while there are reads, and go at once when there are none",
          "[dram]") {
    for (const size_t count : {12U, 20U}) {  // below and above write_high
        Controller controller{bare("ddr3-1600")};
        std::vector<Ticket> reads, writes;
        for (uint64_t n = 0; n < count; ++n) {
            writes.push_back(controller.submit({64 * n + 32, 32, true}, 0));
            reads.push_back(controller.submit({64 * n, 32, false}, 0));
        }
        const bool reads_first = controller.completion(reads.back()) < controller.completion(writes.front());
        CHECK(reads_first == (count < 16));
        controller.finish();
        CHECK(controller.channel_stats().write_batches == 1);
        CHECK(controller.channel_stats().row_hits == 2 * count - 1);
    }
    Controller idle{bare("ddr3-1600")};
    CHECK(ask(idle, {0, 32, true}, 0) == 28'750);  // tRCD + WL + BL/2: 11 + 8 + 4
}

TEST_CASE("dram: submitting decides nothing, and what was decided stays", "[dram]") {
    std::mt19937 random{1};
    std::vector<std::pair<Request, Picoseconds>> requests;
    for (uint64_t n = 0; n < 300; ++n)
        requests.push_back({{(random() % 4096) * 64, 64, random() % 3 == 0}, n * 7'919});
    Controller in_order{one_channel("ddr3-1600")}, shuffled{one_channel("ddr3-1600")};
    std::vector<Ticket> first, second(requests.size());
    for (const auto& [request, at] : requests) first.push_back(in_order.submit(request, at));
    std::vector<size_t> order(requests.size());
    for (size_t n = 0; n < order.size(); ++n) order[n] = n;
    std::shuffle(order.begin(), order.end(), random);
    for (const size_t n : order) second[n] = shuffled.submit(requests[n].first, requests[n].second);
    std::shuffle(order.begin(), order.end(), random);
    std::vector<Picoseconds> told(requests.size());
    for (const size_t n : order) told[n] = shuffled.completion(second[n]);  // asked in any order
    for (size_t n = 0; n < requests.size(); ++n) {
        CHECK(in_order.completion(first[n]) == told[n]);
        CHECK(shuffled.completion(second[n]) == told[n]);
        CHECK(told[n] > requests[n].second);
    }
}

TEST_CASE("dram: every byte and every request is accounted for", "[dram]") {
    Controller controller{ControllerConfig{preset("lpddr2-1066")->timing, {}, {}, {}}};
    std::mt19937 random{7};
    uint64_t bytes = 0;
    for (int n = 0; n < 20'000; ++n) {
        const uint32_t size = 1 + random() % 4096;
        bytes += size;
        controller.submit({random() % (1U << 29), size, random() % 2 == 0},
                          static_cast<Picoseconds>(n) * 100'000);
    }
    controller.finish();
    const ControllerStats& stats = controller.stats();
    CHECK(stats.reads + stats.writes == 20'000);
    CHECK(stats.read_bytes + stats.write_bytes == bytes);
    CHECK(stats.latency.count() == 20'000);
    const ChannelStats channels = controller.channel_stats();
    CHECK((channels.read_bursts + channels.write_bursts) * 32 >= bytes);
    CHECK((channels.read_bursts + channels.write_bursts) * 32 <= bytes + 20'000 * 62);
    CHECK(channels.row_misses + channels.row_conflicts == channels.activates);
}

TEST_CASE("dram: page policies do what they are for", "[dram]") {
    const auto mean = [](PagePolicy policy, uint32_t timeout, uint64_t stride) {
        ControllerConfig config = bare("ddr3-1600");
        config.timing.refi = 0;
        config.scheduling.page_policy = policy;
        config.scheduling.row_timeout = timeout;
        return test::play(config, 2'000, 1, [=](uint64_t n) { return test::Access{n * stride}; }).mean_ns;
    };
    // always another row of the same bank: closing early saves the precharge, as far as tRAS + tRP lets it
    CHECK(mean(PagePolicy::open, 0, kRow) == Approx(48.75).margin(0.1));    // tRC
    CHECK(mean(PagePolicy::closed, 0, kBank) == Approx(32.5).margin(0.1));  // tRCD + RL + BL/2
    CHECK(mean(PagePolicy::open, 0, kBank) == Approx(46.25).margin(0.2));   // and tRP
    CHECK(mean(PagePolicy::adaptive, 0, kBank) == Approx(32.5).margin(1));  // has learned
    // always the same row: open and adaptive keep it
    CHECK(mean(PagePolicy::open, 0, 0) == Approx(18.75).margin(0.1));
    CHECK(mean(PagePolicy::adaptive, 0, 0) == Approx(18.75).margin(0.1));
    CHECK(mean(PagePolicy::closed, 0, 0) > 32);
    // a row nobody used for 255 clocks is closed by then: a bank comes again after eight accesses
    CHECK(mean(PagePolicy::open, 100, kBank) == Approx(32.5).margin(0.2));
}

TEST_CASE("dram: leaving power-down and self-refresh costs tXP and tXSR", "[dram]") {
    ControllerConfig config = bare("ddr3-1600");
    config.scheduling.power_down_after = 100;
    config.scheduling.self_refresh_after = 10'000;
    Controller controller{config};
    ask(controller, {0, 32}, 0);
    CHECK(ask(controller, {0, 32}, 100'000) == 118'750);        // 80 clocks idle: awake
    CHECK(ask(controller, {0, 32}, 1'000'000) == 1'025'000);    // tXP: 5 clocks
    CHECK(ask(controller, {0, 32}, 50'000'000) == 50'672'500);  // tXSR: 512 clocks, and the row is closed
    const ChannelStats stats = controller.channel_stats();
    CHECK(stats.power_downs == 1);
    CHECK(stats.self_refreshes == 1);
}
