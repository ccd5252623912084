// What versions 2, 3.0 to 3.3 and the quirks do differently, and all versions against a slow, obvious model.
// Expectations: hardware/sysmmu.md sections 1 to 4, 6 and 9; historic-bugs.md 36 to 38.
#include <algorithm>
#include <catch2/catch.hpp>
#include <list>
#include <map>
#include <random>
#include <set>

#include "models/iommu/sysmmu_core.hpp"

using namespace exysim;
using namespace exysim::iommu;

namespace {

using Core = SysMmuCore;

constexpr uint32_t kV1 = 0x1000'0000, kV2 = 0x2000'0000, kV31 = 0x3020'0000, kV32 = 0x3040'0000,
                   kV33 = 0x3060'0010;
constexpr uint32_t kTable = 0x4000'0000, kSecond = 0x4010'0000;

struct Bench {
    Core core;
    std::map<uint32_t, uint32_t> words;
    uint64_t reads = 0;

    explicit Bench(SysMmuConfig config, uint32_t cfg = 0x785) : core{config} {
        core.regs.write(Core::kCfg, cfg);
        core.regs.write(Core::kPtBase, kTable);
        core.regs.write(Core::kCtrl, 0x5);
    }
    uint32_t word(uint32_t at) const {
        const auto found = words.find(at);
        return found == words.end() ? 0 : found->second;
    }
    std::variant<Mapping, Fault> translate(uint32_t at, Direction direction = Direction::read) {
        return core.translate(Iova{at}, direction, [this](PhysAddr a) -> std::optional<uint32_t> {
            ++reads;
            return word(a.value);
        });
    }
    /// Where `at` leads; 0 = a fault.
    uint32_t target(uint32_t at) {
        const auto result = translate(at);
        const auto* mapping = std::get_if<Mapping>(&result);
        return mapping ? mapping->translate(Iova{at}).value : 0;
    }
    void link(uint32_t mib) { words[kTable + mib * 4] = (kSecond + mib * 0x400) | 1; }
    void map_page(uint32_t at, uint32_t to) {
        link(at >> 20);
        words[kSecond + (at >> 20) * 0x400 + (at >> 12 & 0xFF) * 4] = to | 0x12;
    }
    void map_large(uint32_t at, uint32_t to) {
        link(at >> 20);
        for (uint32_t n = 0; n < 16; ++n)
            words[kSecond + (at >> 20) * 0x400 + ((at >> 12 & 0xF0) + n) * 4] = to | 0x11;
    }
    void map_section(uint32_t at, uint32_t to) { words[kTable + (at >> 20) * 4] = to | 0x402; }
    void flush_entry(uint32_t at) { core.regs.write(Core::kFlushEntry, (at & ~0xFFFU) | 1); }
    void flush() { core.regs.write(Core::kFlush, 1); }
};

}  // namespace

TEST_CASE("sysmmu 2: one invalidation reaches one set, so a large page needs 16 and a section 64",
          "[iommu]") {
    struct Row {
        void (Bench::*map)(uint32_t, uint32_t);
        uint32_t pages, needed;
    };
    for (const Row& row : {Row{&Bench::map_large, 16, 16}, Row{&Bench::map_section, 256, 64}}) {
        for (const uint32_t flushes : {1U, row.needed}) {
            Bench b{{.version = kV2, .tlb_entries = 1}};
            (b.*row.map)(0x0020'0000, 0x5000'0000);
            for (uint32_t n = 0; n < row.pages; ++n) b.target(0x0020'0000 + n * 0x1000);
            (b.*row.map)(0x0020'0000, 0x6000'0000);
            for (uint32_t n = 0; n < flushes; ++n) b.flush_entry(0x0020'0000 + n * 0x1000);
            uint32_t stale = 0;
            for (uint32_t n = 0; n < row.pages; ++n)
                stale += b.target(0x0020'0000 + n * 0x1000) < 0x6000'0000;
            if (flushes == row.needed) CHECK(stale == 0);
            if (flushes == 1) CHECK(stale > 0);
        }
    }
}

TEST_CASE("sysmmu 1: one invalidation drops the whole mapping", "[iommu]") {
    Bench b{{.version = kV1}};
    b.map_section(0x0020'0000, 0x5000'0000);
    CHECK(b.target(0x0024'5678) == 0x5004'5678);
    b.map_section(0x0020'0000, 0x6000'0000);
    CHECK(b.target(0x0020'1000) == 0x5000'1000);
    b.flush_entry(0x002F'F000);
    CHECK(b.target(0x0020'1000) == 0x6000'1000);
}

TEST_CASE("sysmmu 2: what the first level lost the second still has", "[iommu]") {
    Bench b{{.version = kV2, .tlb_entries = 2}};
    for (uint32_t n = 0; n < 8; ++n) b.map_page(n << 12, 0x5000'0000 + (n << 12));
    for (uint32_t n = 0; n < 8; ++n) b.target(n << 12);
    const uint64_t reads = b.reads;
    for (uint32_t n = 0; n < 8; ++n) CHECK(b.target(n << 12) == 0x5000'0000 + (n << 12));
    CHECK(b.reads == reads);
    CHECK(b.core.events().second_level_hits > 0);
    // Nine pages of one set do not fit into its eight ways.
    for (uint32_t n = 0; n < 9; ++n) b.map_page(n << 18, 0x5000'0000 + (n << 18));
    b.flush();
    for (uint32_t n = 0; n < 9; ++n) b.target(n << 18);
    const uint64_t before = b.core.events().misses;
    b.target(0);
    CHECK(b.core.events().misses == before + 1);
}

TEST_CASE("sysmmu 3.2: a first-level entry stays cached until it is invalidated", "[iommu]") {
    for (const bool on : {false, true}) {
        Bench b{{.version = kV32}, on ? 0x0050'0785U : 0x785U};
        b.words[kTable + 3 * 4] = 0x4020'0001;  // an empty second-level table
        CHECK(b.target(0x0030'0000) == 0);
        b.map_page(0x0030'0000, 0x5000'0000);  // links another table
        CHECK(b.target(0x0030'0000) == (on ? 0 : 0x5000'0000));
        b.flush_entry(0x0030'0000);
        CHECK(b.target(0x0030'0000) == 0x5000'0000);
        const uint64_t reads = b.reads;
        b.map_page(0x0030'1000, 0x5000'1000);
        b.target(0x0030'1000);
        CHECK(b.reads == reads + (on ? 1 : 2));
    }
}

TEST_CASE("sysmmu 3: a prefetch buffer reads ahead inside its window only", "[iommu]") {
    struct Row {
        uint32_t version, cfg, first, last, flag;
    };
    const Row rows[] = {
        {kV31, 2U << 28, 0x04C, 0x050, 0},
        {kV32, 1U << 16, 0x070, 0x074, 0},
        {kV33, 0, 0x410, 0x414, 0x101},
    };
    for (const Row& row : rows) {
        Bench b{{.version = row.version}, 0x785 | row.cfg};
        if (row.version == kV33) {
            b.core.regs.write(0x408, 0);
            b.core.regs.write(0x40C, row.flag);
        }
        b.core.regs.write(row.first, 0x0010'0000);
        b.core.regs.write(row.last, 0x0010'7FFF);
        for (uint32_t n = 0; n < 32; ++n) b.map_page(0x0010'0000 + (n << 12), 0x5000'0000 + (n << 12));
        CHECK(b.target(0x0010'0000) == 0x5000'0000);
        const uint64_t misses = b.core.events().misses;
        for (uint32_t n = 1; n < 8; ++n) CHECK(b.target(0x0010'0000 + (n << 12)) == 0x5000'0000 + (n << 12));
        CHECK(b.core.events().misses == misses);
        CHECK(b.core.events().prefetch_hits == 7);
        CHECK(b.target(0x0010'8000) == 0x5000'8000);
        CHECK(b.core.events().misses == misses + 1);
        // What is ahead and not yet used is invalidated like the rest.
        b.flush();
        b.target(0x0010'0000);
        b.map_page(0x0010'1000, 0x6000'0000);
        b.flush_entry(0x0010'1000);
        CHECK(b.target(0x0010'1000) == 0x6000'0000);
    }
}

TEST_CASE("sysmmu 3.3: indexed buffers, their number, the TLB read-out and the fault's direction",
          "[iommu]") {
    Bench b{{.version = kV33, .prefetch_buffers = 4}};
    CHECK(b.core.regs.read(0x400) == 4);
    b.core.regs.write(0x408, 2);
    b.core.regs.write(0x410, 0x1234'0000);
    b.core.regs.write(0x408, 0);
    CHECK(b.core.regs.read(0x410) == 0);
    b.core.regs.write(0x408, 2);
    CHECK(b.core.regs.read(0x410) == 0x1234'0000);
    b.map_page(0x0010'3000, 0x5000'7000);
    b.target(0x0010'3000);
    b.core.regs.write(0x040, 0);
    CHECK(b.core.regs.read(0x044) == 0x5000'7);
    CHECK(b.core.regs.read(0x048) == 0x0010'3);
    b.core.latch(std::get<Fault>(b.translate(0x0900'0000, Direction::write)), Direction::write);
    CHECK(b.core.regs.read(0x04C) == 1U << 20);
    for (const uint32_t other : {kV1, kV2, kV31, kV32})
        CHECK(Bench{{.version = other}}.core.regs.read(0x400) == 0);
}

TEST_CASE("sysmmu quirk: a first-level entry taken ahead makes a later mapping fault", "[iommu]") {
    for (const bool quirk : {false, true}) {
        Bench b{{.version = kV31, .quirk_first_level_ahead = quirk}};
        b.map_page(0x0010'0000, 0x5000'0000);
        b.target(0x0010'0000);  // takes the invalid entry of 0x0020'0000 along
        b.map_page(0x0020'0000, 0x6000'0000);
        b.flush_entry(0x0010'0000);
        CHECK(b.target(0x0020'0000) == (quirk ? 0 : 0x6000'0000));
        b.flush_entry(0x0020'0000);
        CHECK(b.target(0x0020'0000) == 0x6000'0000);
    }
}

TEST_CASE("sysmmu quirk: overlapping prefetch windows end in a multi-hit", "[iommu]") {
    for (const auto direction : {Direction::read, Direction::write}) {
        Bench b{{.version = kV31, .quirk_prefetch_multi_hit = true}, 0x785 | 2U << 28};
        for (const uint32_t start : {0x04CU, 0x054U}) {
            b.core.regs.write(start, 0);
            b.core.regs.write(start + 4, 0xFFFF'FFFF);
        }
        b.map_page(0x0010'0000, 0x5000'0000);
        b.map_page(0x0010'1000, 0x5000'1000);
        CHECK(b.target(0x0010'0000) == 0x5000'0000);
        const Fault early = std::get<Fault>(b.translate(0x0010'1004, direction));
        CHECK(early.at == Iova{0x0010'1004});  // a master ahead of time asks again at that moment
        const Fault fault = std::get<Fault>(b.translate(0x0010'1004, direction));
        b.core.latch(fault, direction);
        CHECK(b.core.regs.read(Core::kIntStatus) == (direction == Direction::read ? 2U : 4U));
        CHECK(b.core.regs.read(direction == Direction::read ? Core::kArFaultAddr : Core::kAwFaultAddr) ==
              0x0010'1004);
        b.core.regs.write(Core::kIntClear, ~0U);
        CHECK(b.target(0x0010'1000) == 0x5000'1000);  // the fault has taken it out of both
    }
}

namespace {

/// The obvious model: walks the words itself, and remembers per page every answer that could still be cached.
struct Obvious {
    const Bench& bench;
    std::map<uint32_t, std::set<uint32_t>>
        seen;  // page -> physical pages it has led to since its invalidation

    uint32_t walk(uint32_t page) const {
        const uint32_t first = bench.word(kTable + (page >> 8) * 4);
        if ((first & 3) == 2) return (first & 0xFFF0'0000) | (page & 0xFF) << 12;
        if ((first & 3) != 1) return 0;
        const uint32_t entry = bench.word((first & ~0x3FFU) + (page & 0xFF) * 4);
        if ((entry & 3) == 0) return 0;
        if ((entry & 3) == 1) return (entry & 0xFFFF'0000) | (page & 0xF) << 12;
        return entry & ~0xFFFU;
    }
    void note_all() {  // whatever the tables say now may get cached at any time
        for (uint32_t page = 0; page < 0x400; ++page) {
            seen[page].insert(walk(page));
            const uint32_t first = bench.word(kTable + (page >> 8) * 4);
            if ((first & 3) != 1) continue;
            const uint32_t entry = bench.word((first & ~0x3FFU) + (page & 0xFF) * 4);
            // A large page's entry speaks for its sixteen pages, whatever their own entries say.
            for (uint32_t n = 0; (entry & 3) == 1 && n < 16; ++n)
                seen[(page & ~0xFU) + n].insert((entry & 0xFFFF'0000) | n << 12);
        }
    }
};

/// Sixteen entries in a list, most recently used first: version 1 with CFG.LRU.
struct ObviousLru {
    struct Entry {
        uint32_t first, pages, target;
    };
    std::list<Entry> entries;
    const Bench& bench;

    uint32_t target(uint32_t page) {
        const auto covers = [page](const Entry& e) { return page >= e.first && page < e.first + e.pages; };
        if (std::count_if(entries.begin(), entries.end(), covers) > 1) return 0;  // multi-hit
        for (auto e = entries.begin(); e != entries.end(); ++e) {
            if (page < e->first || page >= e->first + e->pages) continue;
            entries.splice(entries.begin(), entries, e);
            return e->target + ((page - e->first) << 12);
        }
        const uint32_t first = bench.word(kTable + (page >> 8) * 4);
        const uint32_t second = (first & 3) == 1 ? bench.word((first & ~0x3FFU) + (page & 0xFF) * 4) : 0;
        const uint32_t pages = (first & 3) == 2 ? 256 : (second & 3) == 1 ? 16 : 1;
        const uint32_t to = Obvious{bench, {}}.walk(page);
        if (to == 0) return 0;
        const uint32_t base = page & ~(pages - 1);
        entries.push_front({base, pages, to - ((page - base) << 12)});
        if (entries.size() > 16) entries.pop_back();
        return to;
    }
    void flush(uint32_t page) {
        entries.remove_if([page](const Entry& e) { return page >= e.first && page < e.first + e.pages; });
    }
};

void change_tables(Bench& b, std::mt19937& dice) {
    const uint32_t at = dice() % 4 << 20, page = dice() % 256 << 12,
                   to = 0x5000'0000 + (dice() % 0x1000 << 16);
    switch (dice() % 5) {
        case 0:
            return b.map_section(at, to & 0xFFF0'0000);
        case 1:
            return b.map_large(at | (page & 0xF'0000), to);
        case 2:
            b.words[kTable + (at >> 20) * 4] = dice() % 2 ? 0 : 3;
            return;
        default:
            return b.map_page(at | page, to | page);
    }
}

void run_lru(uint32_t seed, int operations) {
    std::mt19937 dice{seed};
    Bench b{{.version = kV1}};
    ObviousLru model{{}, b};
    for (int n = 0; n < operations; ++n) {
        const uint32_t page = dice() % 0x400, kind = dice() % 100;
        if (kind < 4) {
            change_tables(b, dice);
        } else if (kind < 6) {
            b.flush();
            model.entries.clear();
        } else if (kind < 12) {
            b.flush_entry(page << 12);
            model.flush(page);
        } else {
            REQUIRE(b.target(page << 12) == model.target(page));
        }
    }
}

/// Any version: an answer must be what the tables say, or said since the page was last invalidated.
void run_any(uint32_t version, uint32_t cfg, uint32_t seed, int operations) {
    std::mt19937 dice{seed};
    Bench b{{.version = version}, cfg};
    for (uint32_t r = 0x04C; r < 0x05C && version < kV32; r += 4) b.core.regs.write(r, r & 4 ? 0 : ~0U);
    Obvious model{b, {}};
    model.note_all();
    int answers = 0;
    for (int n = 0; n < operations; ++n) {
        const uint32_t page = dice() % 0x400, kind = dice() % 100;
        if (kind < 2) {
            change_tables(b, dice);
            model.note_all();
        } else if (kind < 3) {
            b.flush();
            model.seen.clear();
            model.note_all();
        } else {
            const uint32_t target = b.target(page << 12);
            const std::set<uint32_t>& allowed = model.seen[page];
            REQUIRE((allowed.count(target) != 0 || target == 0));
            answers += target != 0;
        }
    }
    CHECK(answers > operations / 8);
}

}  // namespace

TEST_CASE("sysmmu 1: a mapping that changed its size without an invalidation is a multi-hit", "[iommu]") {
    Bench b{{.version = kV1}};
    b.map_page(0x0010'0000, 0x5000'0000);
    b.map_page(0x0010'1000, 0x5000'1000);
    b.target(0x0010'0000);
    b.map_section(0x0010'0000, 0x6000'0000);
    CHECK(b.target(0x0010'1000) == 0x6000'1000);
    b.core.latch(std::get<Fault>(b.translate(0x0010'0004, Direction::write)), Direction::write);
    CHECK(b.core.regs.read(Core::kIntStatus) == 4);
    CHECK(b.core.regs.read(Core::kAwFaultAddr) == 0x0010'0004);
    b.flush();
    CHECK(b.target(0x0010'0004) == 0x6000'0004);
}

TEST_CASE("sysmmu 1: random use equals a list kept by recency", "[iommu]") {
    for (uint32_t seed = 1; seed <= 10; ++seed) run_lru(seed, 2000);
}

TEST_CASE("sysmmu: no version invents a translation", "[iommu]") {
    for (uint32_t seed = 1; seed <= 3; ++seed) {
        run_any(kV1, 0x784, seed, 1500);
        run_any(kV2, 0x785, seed, 1500);
        run_any(kV31, 0x785 | 2U << 28, seed, 1500);
        run_any(kV32, 0x0050'0785, seed, 1500);
        run_any(kV33, 0x0110'0784, seed, 1500);
    }
}
