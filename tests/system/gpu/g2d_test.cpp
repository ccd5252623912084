// The engine with memory behind it, in time. Expectations: hardware/fimg2d.md section 6.
#include "models/gpu/g2d.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <numeric>

#include "models/base/tlm/memory_target.hpp"
#include "models/iommu/sysmmu.hpp"
#include "tests/support/bus_bench.hpp"

using namespace exysim;
using namespace exysim::gpu;
using sc_core::SC_NS;
using sc_core::sc_time;
using sc_core::SC_US;

namespace {

constexpr uint32_t kSource = 0x1'0000, kDestination = 0x2'0000, kList = 0x3'0000;
constexpr uint32_t kArgb = 1, kWidth = 64, kHeight = 16, kStride = kWidth * 4;

struct Bench {
    Statistics statistics;
    GuestErrors errors;
    Instruments instruments{statistics, errors};
    test::BusBench cpu{"cpu"};
    G2d g2d;
    MemoryTarget ram{"ram", 1U << 20, {sc_time(50, SC_NS), 3.2}, instruments};

    explicit Bench(Version version) : g2d{"g2d", {.version = version}, instruments} {
        cpu.connect(g2d.bus, g2d.irq);
        std::iota(&ram.bytes()[kSource], &ram.bytes()[kSource] + kStride * kHeight, uint8_t{1});
    }
    void direct() { g2d.dma.socket.bind(ram.socket); }
    void put(uint32_t at, std::initializer_list<uint32_t> words) {
        for (const uint32_t word : words) std::memcpy(&ram.bytes()[at], &word, 4), at += 4;
    }
    void copy_settings(uint32_t source, uint32_t destination) {
        const uint32_t size = kHeight << 16 | kWidth;
        const std::pair<uint32_t, uint32_t> settings[] = {
            {0x304, source}, {0x308, kStride},     {0x30C, kArgb},   {0x310, 0},
            {0x314, size},   {0x404, destination}, {0x408, kStride}, {0x40C, kArgb},
            {0x410, 0},      {0x414, size},        {0x614, 0xCCCC}};
        for (const auto& [offset, value] : settings) cpu.write32(offset, value);
    }
    bool copied(uint32_t to = kDestination) {
        return std::equal(&ram.bytes()[kSource], &ram.bytes()[kSource] + kStride * kHeight, &ram.bytes()[to]);
    }
    void run(double us) { test::run(sc_time(us, SC_US)); }
    double statistic(const char* name) { return statistics.all().at(name).value(); }
};

}  // namespace

TEST_CASE("a blit as s5p-g2d starts it ends with an interrupt", "[gpu]") {
    Bench b{Version::v3};
    b.direct();
    b.run(0);
    b.cpu.write32(0x000, 1);
    b.copy_settings(kSource, kDestination);
    b.cpu.write32(0x018, 7);
    b.cpu.write32(0x004, 1);
    b.cpu.write32(0x100, 1);
    CHECK(b.cpu.read32(0x010) == 0);
    b.run(1);
    CHECK_FALSE(b.cpu.irq.read());
    b.run(100);
    CHECK(b.cpu.irq.read());
    CHECK(b.cpu.read32(0x010) == 1);
    CHECK(b.copied());
    b.cpu.write32(0x00C, 1);
    b.run(1);
    CHECK_FALSE(b.cpu.irq.read());
    CHECK(b.errors.total() == 0);
}

TEST_CASE("a blit takes at least a clock a pixel", "[gpu]") {
    Bench b{Version::v4_1};
    b.direct();
    Picoseconds took = 0;
    b.g2d.done.attach([&](const BlitDone& done) { took = done.end - done.begin; });
    b.run(0);
    b.cpu.write32(0x404, kDestination);
    b.cpu.write32(0x408, 4);
    b.cpu.write32(0x40C, kArgb);
    b.cpu.write32(0x414, 4000U << 16 | 1);  // a column: 4000 rows of a pixel
    b.cpu.write32(0x104, 1U << 28);
    b.cpu.write32(0x100, 1);
    b.run(1000);
    CHECK(took >= 4000 * 51'250);  // each row is a transfer of 50 ns and 4 bytes at 3.2 bytes/ns
    b.cpu.write32(0x408, 4000);
    b.cpu.write32(0x414, 1U << 16 | 1000);
    b.cpu.write32(0x00C, 0xF);
    b.cpu.write32(0x100, 1);
    b.run(1000);
    CHECK(took >= 1000 * 5'000);
    CHECK(took < 10'000'000);
}

TEST_CASE("two lists as exynos_drm_g2d builds them run, hold and end", "[gpu]") {
    Bench b{Version::v4_1};
    b.direct();
    const uint32_t size = kHeight << 16 | kWidth, next = kList + 0x400;
    const auto list = [&](uint32_t at, uint32_t inten, uint32_t hold, uint32_t destination, uint32_t tail) {
        b.put(at,
              {16,    0x000, 2,      0x304, 0,       0x004, inten,       0x090, hold,  0x308, kStride, 0x30C,
               kArgb, 0x310, 0,      0x314, size,    0x408, kStride,     0x40C, kArgb, 0x410, 0,       0x414,
               size,  0x614, 0xCCCC, 0x304, kSource, 0x404, destination, 0x100, 1,     tail});
    };
    list(kList, 0xA, 2, kDestination, next);
    list(next, 0x8, 0, kDestination + 0x8000, 0);
    b.run(0);
    b.cpu.write32(0x000, 3);
    b.cpu.write32(0x080, kList);
    b.cpu.write32(0x084, 1);
    b.run(200);
    CHECK(b.cpu.irq.read());
    CHECK(b.cpu.read32(0x00C) == 2);
    CHECK(b.cpu.read32(0x08C) >> 17 == 1);
    CHECK(b.copied());
    CHECK_FALSE(b.copied(kDestination + 0x8000));
    CHECK(b.cpu.read32(0x010) == 0);
    b.cpu.write32(0x00C, 2);
    b.cpu.write32(0x090, 0);
    b.cpu.write32(0x084, 2);
    b.run(200);
    CHECK(b.cpu.read32(0x00C) == 8);
    CHECK((b.cpu.read32(0x08C) & 1) == 1);
    CHECK((b.cpu.read32(0x08C) >> 1 & 0xFFFF) == 2);
    CHECK(b.copied(kDestination + 0x8000));
    CHECK(b.statistic("g2d.lists") == 2);
    CHECK(b.errors.total() == 0);
}

TEST_CASE("a bus error leaves the engine stuck until it is reset", "[gpu]") {
    Bench b{Version::v4_1};
    b.direct();
    b.run(0);
    b.copy_settings(0x4000'0000, kDestination);
    b.cpu.write32(0x004, 1);
    b.cpu.write32(0x100, 1);
    b.run(100);
    CHECK_FALSE(b.cpu.irq.read());
    CHECK(b.cpu.read32(0x010) == 0);
    CHECK(b.errors.total() == 1);
    b.cpu.write32(0x000, 3);
    CHECK(b.cpu.read32(0x010) == 1);
    b.run(1);
    b.copy_settings(kSource, kDestination);
    b.cpu.write32(0x100, 1);
    b.run(100);
    CHECK(b.copied());
    CHECK(b.statistic("g2d.bus_errors") == 1);
}

TEST_CASE("a reset in mid-flight stops the engine before its next row", "[gpu]") {
    Bench b{Version::v3};
    b.direct();
    b.run(0);
    b.copy_settings(kSource, kDestination);
    b.cpu.write32(0x100, 1);
    b.run(1);
    b.cpu.write32(0x000, 1);
    b.run(100);
    CHECK(b.cpu.read32(0x00C) == 0);
    CHECK_FALSE(b.copied());
    CHECK(b.statistic("g2d.blits") == 0);
}

TEST_CASE("a list that points at itself costs time and ends with HALT", "[gpu]") {
    Bench b{Version::v4_1};
    b.direct();
    b.put(kList, {0, kList});
    b.run(0);
    b.cpu.write32(0x080, kList);
    b.cpu.write32(0x084, 1);
    b.run(50);
    CHECK(b.statistic("g2d.lists") > 10);
    b.cpu.write32(0x084, 4);
    b.run(5);
    CHECK(b.cpu.read32(0x010) == 1);
    CHECK((b.cpu.read32(0x08C) & 1) == 0);
}

TEST_CASE("a blit past its buffer faults in the SysMMU and writes nothing outside", "[gpu]") {
    Bench b{Version::v3};
    iommu::SysMmu mmu{"sysmmu", {}, b.instruments};
    test::BusBench mmu_cpu{"mmu_cpu"};
    mmu_cpu.connect(mmu.bus, mmu.irq);
    b.g2d.dma.socket.bind(mmu.device);
    mmu.memory.bind(b.ram.socket);
    // iova 0x10000 + n pages -> source, iova 0x20000: one page of destination only.
    b.put(0x4000, {0x8000 | 1});
    b.put(0x8000 + 0x10 * 4, {kSource | 0x12});
    b.put(0x8000 + 0x20 * 4, {kDestination | 0x12});
    b.run(0);
    const std::vector<uint8_t> before(b.ram.bytes().begin(), b.ram.bytes().end());
    mmu_cpu.write32(0x004, 0x785);
    mmu_cpu.write32(0x014, 0x4000);
    mmu_cpu.write32(0x00C, 1);
    mmu_cpu.write32(0x000, 5);
    b.copy_settings(0x1'0000, 0x2'0000);
    b.cpu.write32(0x414, 20U << 16 | kWidth);  // four rows more than the page holds
    b.cpu.write32(0x314, 20U << 16 | kWidth);
    b.cpu.write32(0x100, 1);
    b.run(200);
    CHECK(mmu_cpu.irq.read());
    CHECK(mmu_cpu.read32(0x018) == 1);
    CHECK(mmu_cpu.read32(0x024) == 0x1'1000);  // the source ends first
    CHECK_FALSE(b.cpu.irq.read());
    for (size_t i = 0; i < before.size(); ++i) {
        if (i < kDestination || i >= kDestination + 0x1000) REQUIRE(b.ram.bytes()[i] == before[i]);
    }
}

TEST_CASE("without its clock the engine stands still in the middle, and then goes on", "[gpu]") {
    Bench b{Version::v3};
    b.direct();
    b.run(0);
    b.copy_settings(kSource, kDestination);
    b.cpu.write32(0x004, 1);
    b.cpu.write32(0x100, 1);
    b.run(2);
    b.g2d.set_supply(Supply::gated);
    b.run(200);
    CHECK_FALSE(b.cpu.irq.read());
    CHECK_FALSE(b.copied());
    CHECK_FALSE(b.cpu.answers_read(0x010));
    CHECK_FALSE(b.cpu.answers_write(0x000, 1));
    CHECK(b.errors.entries().at(0).first.what == "access while the clock is gated");
    b.g2d.set_supply(Supply::on);
    b.run(100);
    CHECK(b.cpu.irq.read());
    CHECK(b.copied());
}

TEST_CASE("without power the engine forgets its blit and its settings", "[gpu]") {
    Bench b{Version::v3};
    b.direct();
    b.run(0);
    b.copy_settings(kSource, kDestination);
    b.cpu.write32(0x004, 1);
    b.cpu.write32(0x100, 1);
    b.run(2);
    b.g2d.set_supply(Supply::off);
    b.run(1);
    CHECK_FALSE(b.cpu.answers_read(0x010));
    b.g2d.set_supply(Supply::on);
    b.run(200);
    CHECK(b.cpu.read32(0x010) == 1);  // idle
    CHECK(b.cpu.read32(0x404) == 0);
    CHECK_FALSE(b.cpu.irq.read());
    CHECK_FALSE(b.copied());
    b.copy_settings(kSource, kDestination);
    b.cpu.write32(0x100, 1);
    b.run(100);
    CHECK(b.copied());
}

TEST_CASE("a blit says what it reads and writes", "[gpu]") {
    Bench b{Version::v4_1};
    b.direct();
    std::vector<JobStarted> started;
    std::vector<JobDone> done;
    b.g2d.job_started.attach([&](const JobStarted& job) { started.push_back(job); });
    b.g2d.job_done.attach([&](const JobDone& job) { done.push_back(job); });
    b.run(0);
    b.copy_settings(kSource, kDestination);
    b.cpu.write32(0x100, 1);
    b.run(100);
    b.cpu.write32(0x414, 8U << 16 | 8);  // a corner ...
    b.cpu.write32(0x314, 8U << 16 | 8);
    b.cpu.write32(0x614, 0x8888);  // ... of source and destination
    b.cpu.write32(0x100, 1);
    b.run(100);
    REQUIRE(started.size() == 2);
    REQUIRE(done.size() == 2);
    REQUIRE(started[0].reads.size() == 1);
    CHECK(started[0].reads[0].base.value == kSource);
    CHECK(started[0].reads[0].size == kStride * kHeight);
    REQUIRE(done[0].writes.size() == 1);
    CHECK(done[0].writes[0].base.value == kDestination);
    CHECK(done[0].writes[0].size == kStride * kHeight);
    CHECK(done[0].whole);
    REQUIRE(started[1].reads.size() == 2);
    CHECK(started[1].reads[1].base.value == kDestination);
    CHECK(done[1].writes[0].size == 7 * kStride + 8 * 4);
    CHECK_FALSE(done[1].whole);
}
