// The simulation channel. Expected behaviour: hardware page "simctl".
#include "models/system/simctl.hpp"

#include <catch2/catch.hpp>
#include <cstring>

#include "tests/support/bus_bench.hpp"
#include "tests/support/instruments_bench.hpp"

using namespace exysim;
using namespace exysim::system;

namespace {
constexpr uint32_t kName = 0xC000'0FEA, kNameEnd = 0xC000'1000;  // the page ends; the next one is not mapped

struct Channel : test::InstrumentsBench {
    test::BusBench bench{"bench"};
    EventRecord record{};
    std::string name = "cam[2]";
    Simctl simctl{"simctl", {.memory = {physical(), virtual_view()}}, instruments};

    Channel() {
        record.size = sizeof record;
        record.kind = static_cast<uint32_t>(EventKind::buffer_named);
        record.id = 7;
        record.name_ptr = kName;
        bench.bus.bind(simctl.bus);
        sc_core::sc_start(sc_core::SC_ZERO_TIME);
    }
    std::function<bool(PhysAddr, std::span<uint8_t>)> physical() {
        return [this](PhysAddr at, std::span<uint8_t> to) {
            if (at != PhysAddr{0x4000'0000}) return false;
            std::memcpy(to.data(), &record, to.size());
            return true;
        };
    }
    std::function<bool(VirtAddr, std::span<uint8_t>)> virtual_view() {
        return [this](VirtAddr at, std::span<uint8_t> to) {
            if (at.value < kName || at.value + to.size() > kNameEnd) return false;
            const size_t from = at.value - kName;
            for (size_t i = 0; i < to.size(); ++i)
                to[i] = from + i < name.size() ? static_cast<uint8_t>(name[from + i]) : 0;
            return true;
        };
    }
};
}  // namespace

TEST_CASE("simctl: EXIT passes its status on", "[system][simctl]") {
    Channel c;
    std::vector<uint32_t> exits;
    c.simctl.exit.attach([&](const ExitRequest& e) { exits.push_back(e.status); });
    c.bench.write32(0x08, 3);
    CHECK(exits == std::vector<uint32_t>{3});
}

TEST_CASE("simctl: TIME is simulated nanoseconds", "[system][simctl]") {
    Channel c;
    sc_core::sc_start(5, sc_core::SC_SEC);
    CHECK(c.bench.read32(0x10) == 705'032'704);  // 5,000,000,000 mod 2^32
    CHECK(c.bench.read32(0x14) == 1);
}

TEST_CASE("simctl: an event record is read when its address is written", "[system][simctl]") {
    Channel c;
    std::vector<GuestEvent> events;
    c.simctl.event.attach([&](const GuestEvent& e) { events.push_back(e); });
    c.bench.write32(0x0C, 0x4000'0000);
    REQUIRE(events.size() == 1);
    CHECK(events[0].record.id == 7);
    CHECK(events[0].name == "cam[2]");
    CHECK(c.guest_errors.total() == 0);
}

TEST_CASE("simctl: a name that runs into an unmapped page ends there", "[system][simctl]") {
    Channel c;
    std::string seen;
    c.simctl.event.attach([&](const GuestEvent& e) { seen = e.name; });
    c.name = "1234567890123456789012345";
    c.bench.write32(0x0C, 0x4000'0000);
    CHECK(seen == "1234567890123456789012");
}

TEST_CASE("simctl: malformed and unreadable records are guest errors", "[system][simctl]") {
    Channel c;
    int events = 0;
    c.simctl.event.attach([&](const GuestEvent&) { ++events; });
    c.bench.write32(0x0C, 0x5000'0000);
    c.record.kind = 99;
    c.bench.write32(0x0C, 0x4000'0000);
    CHECK(events == 0);
    CHECK(c.guest_errors.total() == 2);
}
