#include "platform/config/nearest.hpp"

#include <catch2/catch.hpp>

using namespace exysim::config;

TEST_CASE("nearest: distances are those of optimal string alignment", "[config]") {
    CHECK(edit_distance("", "abc") == 3);
    CHECK(edit_distance("kitten", "sitting") == 3);  // the textbook example
    CHECK(edit_distance("ca", "abc") == 3);          // a swap may not be edited again
    CHECK(edit_distance("fraems", "frames") == 1);
    CHECK(edit_distance("nv12", "NV12") == 0);
}

TEST_CASE("nearest: only names that are close are suggested", "[config]") {
    CHECK(nearest("fimc", {"mixer0", "fimc0"}) == "fimc0");
    CHECK(nearest("sorce", {"source", "sink"}) == "source");
    CHECK(nearest("g2d", {"mixer0", "fimc0"}).empty());
    CHECK(nearest("x", {"y"}).empty());
    CHECK(nearest(std::string(1'000'000, 'a'), {"abc"}).empty());
    CHECK(suggestion("zonplate", {"bars", "zoneplate"}) == "did you mean 'zoneplate'?");
}
