// Timers at their true times. Expected times: counts divided by the input clock (hardware page "System
// devices").
#include <catch2/catch.hpp>

#include "models/system/mct.hpp"
#include "models/system/pwm.hpp"
#include "models/system/wdt.hpp"
#include "tests/support/bus_bench.hpp"
#include "tests/support/instruments_bench.hpp"

using namespace exysim;
using namespace exysim::system;
using sc_core::sc_time;
using test::run;
using test::settle;

namespace {
/// Notes when a line rises.
struct Edges : sc_core::sc_module {
    sc_core::sc_signal<bool> line{"line"};
    std::vector<Picoseconds> rises;

    SC_HAS_PROCESS(Edges);
    explicit Edges(sc_core::sc_module_name name) : sc_module{name} {
        SC_METHOD(note);
        sensitive << line.posedge_event();
        dont_initialize();
    }

private:
    void note() { rises.push_back(picoseconds(sc_core::sc_time_stamp())); }
};

void elaborate() { run(sc_core::SC_ZERO_TIME); }
}  // namespace

TEST_CASE("mct: a local timer's interrupt rises at its time and falls when cleared", "[system][mct]") {
    test::InstrumentsBench in;
    test::BusBench bench{"bench"};
    Mct mct{"mct", {.cores = 1}, in.instruments};
    Edges tick{"tick"};
    bench.bus.bind(mct.bus);
    mct.local[0].bind(tick.line);
    elaborate();
    bench.write32(MctCore::kLTcntb, 1);
    bench.write32(MctCore::kLIcntb, 1U << 31 | 12'000);
    bench.write32(MctCore::kLIntEnb, 1);
    bench.write32(MctCore::kLTcon, 7);
    run({999'999, sc_core::SC_NS});
    CHECK_FALSE(tick.line.read());
    run({1, sc_core::SC_NS});
    CHECK(tick.line.read());  // 12,000 x 2 / 24 MHz = 1 ms
    bench.write32(MctCore::kLIntCstat, 1);
    settle();
    CHECK_FALSE(tick.line.read());
    run({3, sc_core::SC_MS});
    bench.write32(MctCore::kLIntCstat, 1);
    CHECK(tick.rises == std::vector<Picoseconds>{1'000'000'000, 2'000'000'000});
    CHECK(in.guest_errors.total() == 0);
}

TEST_CASE("mct: the counter reads the simulated time in 24 MHz periods", "[system][mct]") {
    test::InstrumentsBench in;
    test::BusBench bench{"bench"};
    Mct mct{"mct", {}, in.instruments};
    bench.bus.bind(mct.bus);
    elaborate();
    bench.write32(MctCore::kGTcon, 1U << 8);
    run({200, sc_core::SC_SEC});
    const uint64_t count = uint64_t{bench.read32(MctCore::kGCntU)} << 32 | bench.read32(MctCore::kGCntL);
    CHECK(count == 200ULL * 24'000'000);  // past 32 bits
}

TEST_CASE("mct: an idle timer leaves the simulation without events", "[system][mct]") {
    test::InstrumentsBench in;
    test::BusBench bench{"bench"};
    Mct mct{"mct", {}, in.instruments};
    bench.bus.bind(mct.bus);
    elaborate();
    bench.write32(MctCore::kGTcon, 1U << 8);
    settle();
    CHECK_FALSE(sc_core::sc_pending_activity());
}

TEST_CASE("mct: comparator 0 with auto-increment keeps its period", "[system][mct]") {
    test::InstrumentsBench in;
    test::BusBench bench{"bench"};
    Mct mct{"mct", {}, in.instruments};
    Edges edges{"edges"};
    bench.bus.bind(mct.bus);
    mct.global[0].bind(edges.line);
    elaborate();
    bench.write32(MctCore::kGCompL, 24'000);
    bench.write32(MctCore::kGCompAddIncr, 24'000);
    bench.write32(MctCore::kGIntEnb, 1);
    bench.write32(MctCore::kGTcon, 1U << 8 | 3);
    for (int i = 0; i < 5; ++i) {
        run({1, sc_core::SC_MS});
        bench.write32(MctCore::kGIntCstat, 1);
        settle();
    }
    CHECK(edges.rises == std::vector<Picoseconds>{1'000'000'000, 2'000'000'000, 3'000'000'000, 4'000'000'000,
                                                  5'000'000'000});
}

TEST_CASE("pwm: an auto-reload timer interrupts each period", "[system][pwm]") {
    test::InstrumentsBench in;
    test::BusBench bench{"bench"};
    Pwm pwm{"pwm", {}, in.instruments};
    Edges edges{"edges"};
    bench.bus.bind(pwm.bus);
    pwm.irq[0].bind(edges.line);
    elaborate();
    bench.write32(PwmCore::kTcfg0, 99);  // 1 MHz
    bench.write32(PwmCore::kTcntb, 999);
    bench.write32(PwmCore::kTintCstat, 1);
    bench.write32(PwmCore::kTcon, 2);
    bench.write32(PwmCore::kTcon, 9);
    for (int i = 0; i < 3; ++i) {
        run({1, sc_core::SC_MS});
        bench.write32(PwmCore::kTintCstat, 1U << 5 | 1);
        settle();
    }
    CHECK(edges.rises == std::vector<Picoseconds>{1'000'000'000, 2'000'000'000, 3'000'000'000});
}

TEST_CASE("wdt: a watchdog nobody feeds asks for a reset", "[system][wdt]") {
    test::InstrumentsBench in;
    test::BusBench bench{"bench"};
    Wdt wdt{"wdt", {}, in.instruments};
    std::vector<Picoseconds> resets;
    wdt.reset.attach([&](const WatchdogReset& r) { resets.push_back(r.time); });
    bench.connect(wdt.bus, wdt.irq);
    elaborate();
    bench.write32(WdtCore::kWtcnt, 1000);
    bench.write32(WdtCore::kWtcon, 99U << 8 | 1U << 5 | 1);  // 100 MHz / 100 / 16 = 62.5 kHz
    run({15, sc_core::SC_MS});
    CHECK(resets.empty());
    run({2, sc_core::SC_MS});
    CHECK(resets == std::vector<Picoseconds>{16'000'000'000});
    CHECK_FALSE(bench.irq.read());
}
