// What moves in and out of a memory's bytes, to the last byte and one past it.
#include "models/base/counted_memory.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <numeric>
#include <vector>

using exysim::CountedMemory;
using exysim::Counter;

TEST_CASE("counted memory: data move both ways and are counted", "[base]") {
    std::array<uint8_t, 256> bytes{};
    Counter read, written;
    CountedMemory memory{bytes, read, written};
    for (const size_t length : {1U, 31U, 32U, 33U, 64U}) {  // a line is copied in a way of its own
        std::vector<uint8_t> data(length), back(length);
        std::iota(data.begin(), data.end(), static_cast<uint8_t>(length));
        const uint64_t before = written.value;
        CHECK(memory.move(true, 3, data));
        CHECK(written.value == before + length);
        CHECK(memory.move(false, 3, back));
        CHECK(back == data);
        CHECK(std::equal(data.begin(), data.end(), bytes.begin() + 3));
        CHECK(bytes[3 + length] == 0);
    }
    CHECK(read.value == written.value);
}

TEST_CASE("counted memory: a burst past the end moves nothing and counts nothing", "[base]") {
    std::array<uint8_t, 64> bytes{};
    Counter read, written;
    CountedMemory memory{bytes, read, written};
    std::array<uint8_t, 32> data;
    data.fill(7);
    CHECK(memory.move(true, 32, data));
    CHECK_FALSE(memory.move(true, 33, data));
    CHECK_FALSE(memory.move(true, ~uint64_t{0}, data));
    CHECK_FALSE(memory.holds(0, 65));
    CHECK(bytes[32] == 7);
    CHECK(written.value == 32);
}
