// Where addresses go. Expected: DREX's chip maps and Origen's interleaving (bits 7 and 21), cut by hand.
#include "models/dram/address_map.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <tuple>

using namespace exysim::dram;

namespace {
constexpr Geometry kSmall{2, 2, 8, 8, 8, 32};  // 1 KiB rows, 2 MiB a rank, 8 MiB in all
bool complains(const Mapping& mapping, const Geometry& geometry, std::string_view key) {
    for (const Contradiction& c : contradictions(mapping, geometry, Timing{}))
        if (c.key == key) return true;
    return false;
}
}  // namespace

TEST_CASE("dram: every burst of RAM has a place of its own", "[dram]") {
    for (const char* order : {"rank row bank column", "bank rank row column", "row rank bank column"}) {
        for (const std::vector<uint32_t>& bits : {std::vector<uint32_t>{7, 21}, {12}, {}}) {
            for (const bool hash : {false, true}) {
                const AddressMap map{{order, bits, hash}, kSmall};
                std::set<std::tuple<uint32_t, uint32_t, uint32_t>> rows;
                for (uint64_t at = 0; at < kSmall.bytes(); at += 128) {
                    const Location l = map.locate(at);
                    REQUIRE((l.channel < 2 && l.bank < 16 && l.row < 256));
                    rows.emplace(l.channel, l.bank, l.row);
                }
                CHECK(rows.size() == kSmall.bytes() / 1024);
            }
        }
    }
}

TEST_CASE("dram: Origen's map changes channel at 128 bytes, bank at 8 KiB, row at 64 KiB", "[dram]") {
    const AddressMap map{{}, preset("ddr3-800")->geometry};
    const auto is = [&](uint64_t at, uint32_t channel, uint32_t bank, uint32_t row) {
        const Location l = map.locate(at);
        return l.channel == channel && l.bank == bank && l.row == row;
    };
    CHECK(map.contiguous_bytes() == 128);
    CHECK(is(0, 0, 0, 0));
    CHECK(is(127, 0, 0, 0));
    CHECK(is(128, 1, 0, 0));
    CHECK(is(256, 0, 0, 0));
    CHECK(is(8192, 0, 1, 0));
    CHECK(is(65536, 0, 0, 1));
    CHECK(is(0x20'0000, 1, 0, 32));
    CHECK(is(0x20'0080, 0, 0, 32));
    CHECK(is(0x3FFF'FFFF, 1 ^ 1, 7, 0x3FFF));
}

TEST_CASE("dram: the linear chip map keeps a bank together, hashing moves it with the row", "[dram]") {
    const Geometry g{1, 1, 8, 14, 10, 32};
    const AddressMap linear{{"rank bank row column", {}, false}, g};
    CHECK(linear.locate(4096).bank == 0);
    CHECK(linear.locate(4096).row == 1);
    CHECK(linear.locate(64ULL << 20).bank == 1);
    const AddressMap hashed{{"rank row bank column", {}, true}, g};
    for (uint32_t row = 0; row < 16; ++row) CHECK(hashed.locate(row * 32768ULL).bank == (row & 7));
}

TEST_CASE("dram: maps that cannot be are refused", "[dram]") {
    CHECK_FALSE(complains({}, kSmall, "order"));
    CHECK(complains({"row bank column", {}, false}, kSmall, "order"));
    CHECK(complains({"rank row column bank", {}, false}, kSmall, "order"));
    CHECK(complains({"rank row bank bank column", {}, false}, kSmall, "order"));
    CHECK(complains({"rank row bank column", {3}, false}, kSmall, "channel_bits"));
    CHECK(complains({"rank row bank column", {40}, false}, kSmall, "channel_bits"));
    CHECK(complains({"rank row bank column", {7}, false}, {4, 1, 8, 14, 10, 32}, "channel_bits"));
}
