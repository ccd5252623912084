#include "models/base/register_bank.hpp"

#include <catch2/catch.hpp>
#include <vector>

using namespace exysim;

namespace {
constexpr Field kEnable{0x0, "EN", 0, 0, Access::rw, 1};
constexpr Field kMode{0x0, "MODE", 7, 4, Access::rw, 3};
constexpr Field kDone{0x4, "DONE", 3, 3, Access::w1c, 0};
constexpr Field kBusy{0x4, "BUSY", 0, 0, Access::ro, 1};
constexpr Field kStart{0x8, "START", 0, 0, Access::w1p, 0};
constexpr Field kSlots{0x10, "SLOT", 31, 0, Access::rw, 7, 4};
constexpr Field kMap[] = {kEnable, kMode, kDone, kBusy, kStart, kSlots};
static_assert(well_formed(kMap));

constexpr Field kOverlap[] = {kSlots, Field{0x18, "X", 4, 0, Access::rw, 0}};
static_assert(!well_formed(kOverlap));
constexpr Field kResetTooBig[] = {Field{0x0, "X", 1, 0, Access::rw, 4}};
static_assert(!well_formed(kResetTooBig));
}  // namespace

TEST_CASE("register bank: reset values, and reserved bits read zero", "[base]") {
    RegisterBank bank{kMap};
    CHECK(bank.read(0x0) == 0x31);
    bank.write(0x0, 0xFFFF'FFFF);
    CHECK(bank.read(0x0) == 0xF1);
    CHECK(bank.read(0x1C) == 7);
    bank.reset();
    CHECK(bank.read(0x0) == 0x31);
}

TEST_CASE("register bank: a written one clears w1c and leaves ro alone", "[base]") {
    RegisterBank bank{kMap};
    bank.raise(kDone);
    bank.write(0x4, 0);
    CHECK(bank.get(kDone) == 1);
    bank.write(0x4, 0x9);
    CHECK(bank.get(kDone) == 0);
    CHECK(bank.get(kBusy) == 1);
}

TEST_CASE("register bank: a pulse reaches its hook and is not stored", "[base]") {
    RegisterBank bank{kMap};
    uint32_t seen = 0;
    bank.on_write(0x8, [&](uint32_t v) { seen = v; });
    bank.write(0x8, 1);
    CHECK(seen == 1);
    CHECK(bank.word(0x8) == 0);
}

TEST_CASE("register bank: byte writes touch their byte only", "[base]") {
    RegisterBank bank{kMap};
    bank.write(0x10, 0x1122'3344);
    bank.write(0x10, 0x0000'AA00, 0x0000'FF00);
    CHECK(bank.read(0x10) == 0x1122'AA44);
}

TEST_CASE("register bank: unknown offsets and reserved bits are reported", "[base]") {
    RegisterBank bank{kMap};
    std::vector<RegisterFault> faults;
    bank.on_fault([&](const RegisterFault& f) { faults.push_back(f); });
    CHECK(bank.read(0x100) == 0);
    bank.write(0xC, 5);
    bank.write(0x0, 0x100);
    bank.write(0x0, 0x100);  // once a register
    REQUIRE(faults.size() == 3);
    CHECK(faults[0].kind == RegisterFault::Kind::unknown_offset);
    CHECK(faults[1].is_write);
    CHECK(faults[2].kind == RegisterFault::Kind::reserved_bits);
}

TEST_CASE("register bank: array rows share one hook and know their index", "[base]") {
    RegisterBank bank{kMap};
    std::vector<std::pair<uint32_t, uint32_t>> writes;
    bank.on_write_each(kSlots, [&](uint32_t i, uint32_t v) { writes.emplace_back(i, v); });
    bank.write(0x18, 42);
    REQUIRE(writes.size() == 1);
    CHECK(writes[0] == std::pair{2U, 42U});
    CHECK(bank.get(kSlots, 2) == 42);
}
