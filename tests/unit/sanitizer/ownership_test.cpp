// The sanitizer's rules of ownership, fed with what a guest would tell. Expectations are the rules' own
// sentences (platform/config/sharing_rule.cpp) and the DMA API's: whoever has the turn touches, and nobody
// else.
#include <catch2/catch.hpp>

#include "platform/sanitizer/code_watch.hpp"
#include "platform/sanitizer/maintenance_watch.hpp"
#include "platform/sanitizer/mapping_watch.hpp"
#include "platform/sanitizer/turn_watch.hpp"
#include "platform/sanitizer/violation_report.hpp"

using namespace exysim;
using namespace exysim::sanitizer;

namespace {

const std::string kDevice = "g2d";
constexpr PhysAddr kMemory{0x4000'0000};
constexpr Iova kIova{0x0100'0000};

/// A core at a place of its own for each of its acts.
MemoryViews views(std::vector<PhysAddr>& asked) {
    MemoryViews v;
    v.place = [](unsigned core) { return CodePlace{core, 0x8000, 0x9000, 5}; };
    v.watch = [&asked](PhysAddr line) { asked.push_back(line); };
    return v;
}

struct Turns {
    std::vector<PhysAddr> asked;
    ViolationLog log;
    TurnWatch watch{views(asked), log};

    void give(PhysAddr at, uint64_t bytes, DeviceUse use) {
        const PhysRange piece{at, bytes};
        watch.to_device({&piece, 1}, use, {kDevice, {}, 1});
    }
    void take(PhysAddr at, uint64_t bytes) {
        const PhysRange piece{at, bytes};
        watch.to_processor({&piece, 1});
    }
    uint64_t found() const { return log.count(Rule::cpu_access_while_device_owns); }
};

struct Mappings {
    BufferBook book;
    ViolationLog log;
    MappingWatch watch{book, log};

    void map(uint32_t buffer, Iova at, uint32_t bytes) {
        watch.mapped({kDevice, buffer, at, bytes, {{kMemory, bytes}}, {{}, CodePlace{}, 1, {0x100}}});
    }
    void unmap(uint32_t buffer, Iova at, uint32_t bytes) {
        watch.unmapped({kDevice, buffer, at, bytes, {}, {}, false, {{}, CodePlace{}, 2, {0x200}}});
    }
    void touch(Iova at, uint32_t bytes) { watch.touched({kDevice, at, kMemory, bytes, true}, 9); }
};

}  // namespace

TEST_CASE("turns: the processor keeps its hands off what a device owns", "[sanitizer]") {
    Turns t;
    t.watch.used_line(0, Direction::read, kMemory);
    CHECK(t.found() == 0);  // nothing was told
    t.give(kMemory, 64, DeviceUse::writes);
    t.watch.used_line(0, Direction::read, kMemory + 32);
    CHECK(t.found() == 1);
    t.watch.used(0, Direction::write, kMemory + 4, 4);
    CHECK(t.found() == 2);
    CHECK(t.log.entries()[0].first.before.device == kDevice);
    CHECK(t.log.entries()[0].first.by.place->pc == 0x8000);
    t.take(kMemory, 64);
    t.watch.used_line(0, Direction::write, kMemory);
    CHECK(t.found() == 2);
}

TEST_CASE("turns: what a device only reads may be read by all", "[sanitizer]") {
    Turns t;
    t.give(kMemory, 64, DeviceUse::reads);
    t.watch.used_line(0, Direction::read, kMemory);
    CHECK(t.found() == 0);
    t.watch.used_line(0, Direction::write, kMemory);
    CHECK(t.found() == 1);
}

TEST_CASE("turns: a line that the device has in part is the processor's too", "[sanitizer]") {
    Turns t;
    t.give(kMemory + 16, 48, DeviceUse::both);
    t.watch.used_line(0, Direction::read, kMemory);
    CHECK(t.found() == 0);
    t.watch.used(0, Direction::read, kMemory + 16, 4);
    CHECK(t.found() == 1);
    t.watch.used(0, Direction::read, kMemory + 12, 4);
    CHECK(t.found() == 1);
}

TEST_CASE("turns: a part in the middle goes back, the rest stays the device's", "[sanitizer]") {
    Turns t;
    t.give(kMemory, 4096, DeviceUse::both);
    t.take(kMemory + 1024, 1024);
    t.watch.used_line(0, Direction::write, kMemory + 1024);
    t.watch.used_line(0, Direction::write, kMemory + 2016);
    CHECK(t.found() == 0);
    t.watch.used_line(0, Direction::write, kMemory + 992);
    t.watch.used_line(0, Direction::write, kMemory + 2048);
    t.watch.used_line(0, Direction::write, kMemory + 4064);
    CHECK(t.found() == 3);
    t.watch.used_line(0, Direction::write, kMemory + 4096);
    CHECK(t.found() == 3);
}

TEST_CASE("turns: lines that may stay in caches are asked about", "[sanitizer]") {
    Turns t;
    t.give(kMemory, 96, DeviceUse::both);
    CHECK(t.asked == std::vector{kMemory, kMemory + 32, kMemory + 64});
    t.asked.clear();
    t.watch.guessed(kMemory + 32);
    t.watch.guessed(kMemory + 96);
    CHECK(t.asked == std::vector{kMemory + 32});
}

TEST_CASE("mappings: a device keeps to its own", "[sanitizer]") {
    Mappings m;
    m.touch(kIova, 64);
    CHECK(m.log.total() == 0);  // nothing was told of the device
    m.map(0, kIova, 4096);
    m.map(0, kIova + 4096, 4096);
    m.touch(kIova, 8192);
    m.touch(kIova + 4000, 200);
    CHECK(m.log.total() == 0);
    m.touch(kIova + 8190, 4);
    REQUIRE(m.log.count(Rule::dma_out_of_buffer) == 1);
    const Violation& v = m.log.entries()[0].first;
    CHECK(v.bytes == 2);
    CHECK(v.iova == kIova + 8192);
    CHECK(v.address == kMemory + 2);
    m.touch(kIova + 0x10'0000, 4);
    CHECK(m.log.count(Rule::dma_out_of_buffer) == 2);
}

TEST_CASE("mappings: a device leaves alone what has been unmapped", "[sanitizer]") {
    Mappings m;
    m.book.created(7, "ion", true);
    m.book.named(7, "picture");
    m.map(7, kIova, 4096);
    m.unmap(7, kIova, 4096);
    m.touch(kIova + 100, 8);
    REQUIRE(m.log.count(Rule::use_after_unmap) == 1);
    CHECK(m.log.total() == 1);
    const Violation& v = m.log.entries()[0].first;
    CHECK(v.buffer == "buffer 7 \"picture\" of ion");
    CHECK(v.before.calls == std::vector<uint32_t>{0x200});
    m.map(0, kIova, 4096);
    m.touch(kIova + 100, 8);
    CHECK(m.log.total() == 1);
}

TEST_CASE("mappings: two of the same place end one by one", "[sanitizer]") {
    Mappings m;
    m.map(1, kIova, 4096);
    m.map(2, kIova, 4096);
    m.unmap(1, kIova, 4096);
    m.touch(kIova, 8);
    CHECK(m.log.total() == 0);
    m.unmap(2, kIova, 4096);
    m.touch(kIova, 8);
    CHECK(m.log.count(Rule::use_after_unmap) == 1);
}

TEST_CASE("mappings: what a program leaves is a leak, what a driver keeps is not", "[sanitizer]") {
    Mappings m;
    m.map(0, kIova, 4096);
    m.watch.programs_run();
    m.map(0, kIova + 0x1'0000, 4096);
    m.map(0, kIova + 0x2'0000, 4096);
    m.unmap(0, kIova + 0x2'0000, 4096);
    m.watch.switched_off(100);
    REQUIRE(m.log.count(Rule::leaked_mapping) == 1);
    CHECK(m.log.entries()[0].first.iova == kIova + 0x1'0000);
    CHECK(m.log.entries()[0].first.before.calls == std::vector<uint32_t>{0x100});
}

TEST_CASE("mappings: part of a mapping lies in part of its pieces", "[sanitizer]") {
    Mappings m;
    m.watch.mapped({kDevice, 0, kIova, 8192, {{kMemory, 4096}, {kMemory + 0x8000, 4096}}, {}});
    const auto part = m.watch.pieces(kDevice, kIova + 4000, 200);
    CHECK(part == std::vector<PhysRange>{{kMemory + 4000, 96}, {kMemory + 0x8000, 104}});
    CHECK(m.watch.pieces(kDevice, kIova + 8192, 4).empty());
    CHECK(m.watch.address_of(kDevice, kMemory + 0x8004) == kIova + 4100);
    CHECK(m.watch.address_of(kDevice, kMemory + 0x4000) == std::nullopt);
    CHECK(m.watch.address_of("fimc0", kMemory) == std::nullopt);
}

TEST_CASE("buffers: are named by their maker, their name and their queue", "[sanitizer]") {
    BufferBook book;
    book.created(3, "fimc0", false);
    book.placed(3, 0, {kMemory, 4096});
    book.placed(3, 4096, {kMemory + 0x8000, 4096});
    book.queued("fimc0", false, 2, kIova, 8192);
    CHECK(book.text(kMemory + 0x8004, "fimc0", kIova + 4100) == "buffer 3 of fimc0, fimc0 capture buffer 2");
    CHECK(book.text(kMemory + 0x1000, "fimc0", {}).empty());
    CHECK(book.pieces(3, 4000, 200) == std::vector<PhysRange>{{kMemory + 4000, 96}, {kMemory + 0x8000, 104}});
    SECTION("moved, it is at its new place alone") {
        book.placed(3, 0, {kMemory + 0x10000, 8192});
        CHECK(book.text(kMemory, "", {}).empty());
        CHECK(book.text(kMemory + 0x10004, "", {}) == "buffer 3 of fimc0");
    }
    SECTION("freed, it is known until somebody else is there") {
        book.freed(3);
        CHECK(book.text(kMemory, "", {}) == "buffer 3 of fimc0, freed");
        book.created(4, "ion", true);
        book.placed(4, 0, {kMemory, 4096});
        CHECK(book.text(kMemory, "", {}) == "buffer 4 of ion");
    }
}

TEST_CASE("code: what is executed is the newest there is", "[sanitizer]") {
    LineBytes memory{}, dirty{};
    bool is_dirty = false, in_code_cache = true;
    unsigned asked = 0;
    std::vector<PhysAddr> lines;
    MemoryViews v = views(lines);
    v.memory = [&](PhysAddr, LineBytes& bytes) {
        bytes = memory;
        return true;
    };
    v.overlay_dirty = [&](PhysAddr, LineBytes& bytes) {
        if (is_dirty) bytes = dirty;
        return is_dirty;
    };
    v.overlay_waiting = [](PhysAddr, LineBytes&) { return 0U; };
    v.code_cached = [&](PhysAddr) { return in_code_cache; };
    v.watch_code = [&](PhysAddr) { ++asked; };
    ViolationLog log;
    CodeWatch watch{v, log, [](PhysAddr) { return Actor{}; }};
    const LineBytes old = memory;

    watch.fetched({0, kMemory, old});
    CHECK(log.total() == 0);
    watch.written(kMemory, {kDevice, {}, 3});
    CHECK(asked == 1);
    is_dirty = true;
    dirty[4] = 1;
    watch.fetched({0, kMemory + 8, old});
    CHECK(log.total() == 0);  // what is before the instruction does not matter
    watch.fetched({0, kMemory + 4, old});
    REQUIRE(log.count(Rule::stale_instruction) == 1);
    CHECK(log.entries()[0].first.address == kMemory + 4);
    CHECK(log.entries()[0].first.bytes == 1);
    in_code_cache = false;
    watch.written(kMemory, {});
    CHECK(asked == 1);  // nobody has a copy that could be old
}

TEST_CASE("maintenance: a range that no cache has anything of is one entry, with its cycles", "[sanitizer]") {
    bool work = false;
    Picoseconds now = 0;
    ViolationLog log;
    MaintenanceWatch watch{{.has_work = [&](const cache::LineMaintained&) { return work; },
                            .place =
                                [](unsigned core) {
                                    return CodePlace{core, 0x8000, 0x9000, 0};
                                },
                            .calls =
                                [](unsigned) {
                                    return std::vector<uint32_t>{0x8000, 0x9000};
                                },
                            .acting = [] { return 0U; },
                            .now = [&] { return now; },
                            .cycle = 1000,
                            .operation = 6},
                           log};
    const auto line = [&](unsigned level, uint32_t n) {
        now += 50'000;
        watch.maintained({level, 0, Maintenance::clean, kMemory + 32 * n});
    };
    line(1, 0);
    line(1, 1);
    work = true;
    line(1, 2);
    work = false;
    line(2, 0);
    line(2, 1);
    watch.end();
    REQUIRE(log.entries().size() == 1);  // the same code each time
    const Entry& e = log.entries()[0];
    CHECK(e.count == 2);
    CHECK(e.bytes == 4 * 32);
    CHECK(e.cycles == 6 + 6 + 6 + 50);
    CHECK(log.total() == 0);  // advice, no violation
    CHECK(verdict_text(log) == "clean; advised: redundant-maintenance 2");
}
