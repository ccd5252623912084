// The whole data path against the reference.
#include "tests/unit/gpu/random_blit.hpp"

#include <catch2/catch.hpp>

using exysim::test::compare_random_blit;

TEST_CASE("g2d: random blits equal the reference, byte for byte", "[gpu]") {
    for (uint64_t seed = 1; seed <= 200; ++seed) CHECK(compare_random_blit(seed) == "");
}

TEST_CASE("g2d: ten thousand random blits equal the reference", "[.long]") {
    for (uint64_t seed = 1001; seed <= 11'000; ++seed) REQUIRE(compare_random_blit(seed) == "");
}
