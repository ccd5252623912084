// FIMC from memory to memory, in simulated time. Expectations: hardware/fimc.md, sections 0, 3 and 8; the
// engine takes a pixel a cycle of its clock (models/camera/fimc.hpp).
#include <catch2/catch.hpp>

#include "models/base/clock.hpp"
#include "models/camera/fimc.hpp"
#include "tests/support/bus_bench.hpp"
#include "tests/support/instruments_bench.hpp"

using namespace exysim;
using namespace exysim::camera;
using sc_core::sc_time;

namespace {

constexpr uint32_t kMemory = 0x4000'0000, kInput = kMemory, kOutput = kMemory + 0x1'0000;
constexpr uint32_t kWidth = 128, kHeight = 96;  // halved on the way
constexpr uint64_t kHertz = 100'000'000;
constexpr Picoseconds kEngineTime = Picoseconds{kWidth} * kHeight * 10'000;

struct Bench : test::InstrumentsBench {
    test::BusBench cpu{"cpu"};
    Fimc fimc{"fimc", {.clock = fixed_clock(kHertz)}, instruments};
    test::FakeMemory memory{"memory", kMemory, 0x2'0000};

    Bench() {
        cpu.connect(fimc.bus, fimc.irq);
        fimc.dma.socket.bind(memory.socket);
        for (uint32_t i = 0; i < kWidth * kHeight; ++i) memory.bytes[i] = static_cast<uint8_t>(i / kWidth);
        for (uint32_t i = 0; i < kWidth * kHeight / 2; ++i) memory.bytes[kWidth * kHeight + i] = 77;
        test::run(sc_core::SC_ZERO_TIME);
    }
    /// NV12 to NV12 at half the size, as Linux's driver programs it.
    void set_up() {
        cpu.write32(fimc::kCifcntseq, 0xF);
        cpu.write32(fimc::kOrgisize, kHeight << 16 | kWidth);
        cpu.write32(fimc::kCirealIsize, kHeight << 16 | kWidth);
        cpu.write32(fimc::kCiiysa0, kInput);
        cpu.write32(fimc::kCiiysa0 + 4, kInput + kWidth * kHeight);
        cpu.write32(fimc::kMsctrl, 4U << 24 | 1U << 15 | 1U << 12 | 1U << 3);
        cpu.write32(fimc::kCiscpreratio, 8U << 28 | 2U << 16 | 2);
        cpu.write32(fimc::kCiscpredst, (kWidth / 2) << 16 | kHeight / 2);
        cpu.write32(fimc::kCiscctrl, 256U << 16 | 1U << 15 | 256);
        cpu.write32(fimc::kCitrgfmt, (kWidth / 2) << 16 | kHeight / 2);
        cpu.write32(fimc::kOrgosize, (kHeight / 2) << 16 | kWidth / 2);
        cpu.write32(fimc::kCioctrl, 1U << 3);
        for (uint32_t slot = 0; slot < 4; ++slot) {
            cpu.write32(fimc::kCioysa + 4 * slot, kOutput);
            cpu.write32(fimc::kCiocbsa + 4 * slot, kOutput + kWidth * kHeight / 4);
        }
        cpu.write32(fimc::kCiimgcpt, 3U << 30 | 1U << 25);
    }
    void start() { cpu.write32(fimc::kMsctrl, cpu.read32(fimc::kMsctrl) | 1); }
    void run(Picoseconds time) { test::run(sc_ps(time)); }
    double statistic(const char* what) const {
        return statistics.all().at(std::string{"fimc."} + what).value();
    }
};

}  // namespace

TEST_CASE("a job takes a cycle a pixel and ends with ENVID clear and the interrupt", "[camera]") {
    Bench b;
    b.set_up();
    b.start();
    b.run(kEngineTime - 1000);
    CHECK_FALSE(b.cpu.irq.read());
    CHECK((b.cpu.read32(fimc::kMsctrl) & 1) == 1);
    b.run(2000);
    CHECK(b.cpu.irq.read());
    CHECK((b.cpu.read32(fimc::kMsctrl) & 1) == 0);
    CHECK((b.cpu.read32(fimc::kCistatus) >> 17 & 1) == 1);
    CHECK(b.cpu.read32(fimc::kCistatus2) != 0);
    b.cpu.write32(fimc::kCigctrl, b.cpu.read32(fimc::kCigctrl) | 1U << 19);
    test::settle();
    CHECK_FALSE(b.cpu.irq.read());
    for (uint32_t y = 0; y < kHeight / 2; ++y) {
        // the mean of two lines that differ by one, half up
        CHECK(b.memory.bytes[kOutput - kMemory + y * (kWidth / 2)] == 2 * y + 1);
    }
    CHECK(b.memory.bytes[kOutput - kMemory + kWidth * kHeight / 4] == 77);
    CHECK(b.statistic("jobs") == 1);
    CHECK(b.guest_errors.total() == 0);
}

TEST_CASE("slow memory makes a job longer, not wrong", "[camera]") {
    Bench b;
    b.memory.latency = sc_time(10, sc_core::SC_US);
    b.set_up();
    b.start();
    b.run(kEngineTime);
    CHECK_FALSE(b.cpu.irq.read());
    // transfers one after the other: 96 lines and 48 of chroma read, 48 and 24 written, 10 us each
    b.run((96 + 48 + 48 + 24) * Picoseconds{10'000'000} - kEngineTime + 1'000'000);
    CHECK(b.cpu.irq.read());
    CHECK(b.memory.bytes[kOutput - kMemory + 5 * (kWidth / 2)] == 11);
}

TEST_CASE("jobs follow one another, one for each time ENVID rises", "[camera]") {
    Bench b;
    b.set_up();
    for (int n = 1; n <= 5; ++n) {
        b.start();
        b.run(kEngineTime + 1000);
        CHECK(b.statistic("jobs") == n);
        CHECK((b.cpu.read32(fimc::kCistatus2) & 0x3F) == static_cast<uint32_t>((n - 1) % 4 + 1));
    }
    b.run(kEngineTime * 3);
    CHECK(b.statistic("jobs") == 5);
}

TEST_CASE("a reset in the middle of a job ends it silently, the next one is whole", "[camera]") {
    Bench b;
    b.set_up();
    b.start();
    b.run(kEngineTime / 2);
    b.cpu.write32(fimc::kCigctrl, 1U << 31);
    b.cpu.write32(fimc::kCigctrl, 1U << 29 | 1U << 16);
    b.run(kEngineTime * 2);
    CHECK_FALSE(b.cpu.irq.read());
    CHECK(b.statistic("jobs") == 0);
    b.set_up();
    b.start();
    b.run(kEngineTime + 1000);
    CHECK(b.cpu.irq.read());
    CHECK(b.statistic("jobs") == 1);
}

TEST_CASE("a job that no memory answers ends and is counted", "[camera]") {
    Bench b;
    b.set_up();
    b.cpu.write32(fimc::kCiiysa0, 0x1000);
    b.start();
    b.run(kEngineTime * 2);
    CHECK(b.cpu.irq.read());
    CHECK(b.statistic("bus_errors") == kHeight);
}

TEST_CASE("an impossible job hangs until the engine is reset, and is reported", "[camera]") {
    Bench b;
    b.set_up();
    b.cpu.write32(fimc::kCirealIsize, 0);
    b.start();
    b.run(kEngineTime * 2);
    CHECK_FALSE(b.cpu.irq.read());
    CHECK((b.cpu.read32(fimc::kMsctrl) & 1) == 1);
    REQUIRE(b.guest_errors.entries().size() == 1);
    CHECK(b.guest_errors.entries()[0].first.what == "the source has no size");
    b.cpu.write32(fimc::kCigctrl, 1U << 31);
    b.cpu.write32(fimc::kCigctrl, 1U << 29 | 1U << 16);
    b.set_up();
    b.start();
    b.run(kEngineTime * 2);
    CHECK(b.cpu.irq.read());
}

TEST_CASE("without its clock a job stands still, without power it is gone", "[camera]") {
    Bench b;
    b.set_up();
    b.start();
    b.run(kEngineTime / 2);
    b.fimc.set_supply(Supply::gated);
    b.run(kEngineTime * 3);
    CHECK_FALSE(b.cpu.answers_read(fimc::kMsctrl));
    CHECK(b.statistic("jobs") == 0);
    b.fimc.set_supply(Supply::on);
    b.run(kEngineTime + 1000);
    CHECK(b.cpu.irq.read());
    CHECK(b.statistic("jobs") == 1);
    CHECK(b.memory.bytes[kOutput - kMemory + 5 * (kWidth / 2)] == 11);
    b.start();
    b.run(kEngineTime / 2);
    b.fimc.set_supply(Supply::off);
    b.run(kEngineTime * 3);
    b.fimc.set_supply(Supply::on);
    test::settle();
    CHECK_FALSE(b.cpu.irq.read());
    CHECK(b.cpu.read32(fimc::kCioysa) == 0);
    CHECK(b.statistic("jobs") == 1);
    b.set_up();
    b.start();
    b.run(kEngineTime + 1000);
    CHECK(b.statistic("jobs") == 2);
}

TEST_CASE("a job says what it reads and writes, and a broken one has no end", "[camera]") {
    Bench b;
    std::vector<JobStarted> started;
    std::vector<JobDone> done;
    b.fimc.job_started.attach([&](const JobStarted& job) { started.push_back(job); });
    b.fimc.job_done.attach([&](const JobDone& job) { done.push_back(job); });
    b.set_up();
    b.start();
    b.run(2 * kEngineTime);
    REQUIRE(started.size() == 1);
    REQUIRE(done.size() == 1);
    REQUIRE(started[0].reads.size() == 2);
    CHECK(started[0].reads[0].base.value == kInput);
    CHECK(started[0].reads[0].size == kWidth * kHeight);
    CHECK(started[0].reads[1].base.value == kInput + kWidth * kHeight);
    CHECK(started[0].reads[1].size == kWidth * kHeight / 2);
    REQUIRE(done[0].writes.size() == 2);
    CHECK(done[0].writes[0].base.value == kOutput);
    CHECK(done[0].writes[0].size == kWidth * kHeight / 4);
    CHECK(done[0].writes[1].base.value == kOutput + kWidth * kHeight / 4);
    CHECK(done[0].whole);
    CHECK(done[0].time - started[0].time >= kEngineTime);
    b.start();
    b.run(kEngineTime / 2);
    b.cpu.write32(fimc::kCigctrl, b.cpu.read32(fimc::kCigctrl) | 1U << 31);  // SWRST
    b.run(2 * kEngineTime);
    CHECK(started.size() == 2);
    CHECK(done.size() == 1);
}
