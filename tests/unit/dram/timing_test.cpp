// Presets against the data sheets' nanoseconds, and what is refused as contradictory.
#include "models/dram/timing.hpp"

#include <catch2/catch.hpp>

#include "models/dram/rules.hpp"

using namespace exysim::dram;

namespace {
struct InNanoseconds {
    const char* preset;
    double tck, rcd, rp, ras, rrd, faw, wr, wtr, rtp, rfc, refi;
};
// JEDEC LPDDR2 speed bins; DDR3-800 6-6-6 and DDR3-1600 11-11-11, 2 KiB pages, 2 Gb dies.
constexpr InNanoseconds kSheets[] = {
    {"lpddr2-800", 2.5, 18, 18, 42, 10, 50, 15, 7.5, 7.5, 130, 3900},
    {"lpddr2-1066", 1.875, 18, 18, 42, 10, 50, 15, 7.5, 7.5, 130, 3900},
    {"ddr3-800", 2.5, 15, 15, 37.5, 10, 50, 15, 7.5, 7.5, 160, 7800},
    {"ddr3-1600", 1.25, 13.75, 13.75, 35, 7.5, 40, 15, 7.5, 7.5, 160, 7800},
};

bool names(const std::vector<Contradiction>& found, std::string_view key) {
    for (const Contradiction& c : found)
        if (c.key == key) return true;
    return false;
}
}  // namespace

TEST_CASE("dram: presets satisfy the data sheets' times without wasting a clock", "[dram]") {
    for (const InNanoseconds& sheet : kSheets) {
        INFO(sheet.preset);
        const Preset* made = preset(sheet.preset);
        REQUIRE(made != nullptr);
        const Timing& t = made->timing;
        CHECK(t.tck_ps == sheet.tck * 1000);
        const auto fits = [&](uint32_t clocks, double ns, uint32_t least) {
            const double needed = std::max<double>(least, ns / sheet.tck);
            return clocks >= needed - 1e-9 && clocks < needed + 1;
        };
        CHECK(fits(t.rcd, sheet.rcd, 3));
        CHECK(fits(t.rp, sheet.rp, 3));
        CHECK(fits(t.ras, sheet.ras, 3));
        CHECK(fits(t.rrd, sheet.rrd, 2));
        CHECK(fits(t.faw, sheet.faw, 8));
        CHECK(fits(t.wr, sheet.wr, 3));
        const uint32_t least = sheet.preset[0] == 'd' ? 4 : 2;  // DDR3: never under four clocks
        CHECK(fits(t.wtr, sheet.wtr, least));
        CHECK(fits(t.rtp, sheet.rtp, least));
        CHECK(fits(t.rfc, sheet.rfc, 1));
        CHECK(t.refi == sheet.refi / sheet.tck);
        CHECK(contradictions(t).empty());
        CHECK(contradictions(made->geometry, t).empty());
        CHECK(made->geometry.bytes() == uint64_t{1} << 30);
        CHECK(made->geometry.row_bytes() == 4096);
    }
    CHECK(preset("ddr3-1601") == nullptr);
}

TEST_CASE("dram: timing parameters that contradict each other are named", "[dram]") {
    Timing t;
    t.rc = t.ras + t.rp - 1;
    CHECK(names(contradictions(t), "rc"));
    t = {};
    t.faw = t.rrd - 1;
    CHECK(names(contradictions(t), "faw"));
    t = {};
    t.ras = t.rcd - 1;
    CHECK(names(contradictions(t), "ras"));
    t = {};
    t.refi = t.rfc + t.rpab;
    CHECK(names(contradictions(t), "refi"));
    t.refi = 0;  // no refresh is allowed
    CHECK(contradictions(t).empty());
    t.bl = 6;
    CHECK(names(contradictions(t), "bl"));
    Geometry g;
    g.banks = 6;
    CHECK(names(contradictions(g, Timing{}), "banks"));
    g = {};
    g.channels = 4, g.ranks = 4, g.row_bits = 18, g.column_bits = 14;
    CHECK(names(contradictions(g, Timing{}), "row_bits"));
}

TEST_CASE("dram: no rule is stated twice and each has a delay", "[dram]") {
    const auto all = rules();
    for (size_t a = 0; a < all.size(); ++a) {
        CHECK(all[a].delay(preset("ddr3-1600")->timing) > 0);
        CHECK(all[a].delay(preset("lpddr2-800")->timing) >= 0);
        for (size_t b = 0; b < a; ++b) {
            CHECK_FALSE(
                (all[a].first == all[b].first && all[a].then == all[b].then && all[a].scope == all[b].scope));
        }
    }
}
