#include "platform/observe/output_folder.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "platform/config/diagnostics.hpp"

using namespace exysim;
using observe::OutputFolder;
namespace fs = std::filesystem;

namespace {
struct Place {
    fs::path top = "/tmp/exysim_output_test." + std::to_string(getpid());
    fs::path out = top / "runs" / "a";
    Place() { fs::create_directories(top); }
    ~Place() { fs::remove_all(top); }
    size_t entries() const {
        return static_cast<size_t>(std::distance(fs::directory_iterator{top / "runs"}, {}));
    }
};
}  // namespace

TEST_CASE("output folder: appears as a whole or not at all", "[observe]") {
    const Place place;
    {
        const OutputFolder folder{place.out};
        folder.write("manifest.json", "{}");
        CHECK_FALSE(fs::exists(place.out));
    }
    CHECK(place.entries() == 0);
    OutputFolder folder{place.out};
    folder.write("manifest.json", "{}");
    folder.commit();
    CHECK(fs::exists(place.out / "manifest.json"));
    CHECK(place.entries() == 1);
}

TEST_CASE("output folder: an earlier run is replaced, other people's files are not", "[observe]") {
    const Place place;
    fs::create_directories(place.out);
    std::ofstream{place.out / "precious.txt"} << "x";
    CHECK_THROWS_AS(OutputFolder{place.out}, config::ConfigError);
    CHECK(fs::exists(place.out / "precious.txt"));
    std::ofstream{place.out / "manifest.json"} << "{}";
    OutputFolder folder{place.out.string() + "/"};
    folder.write("stats.json", "{}");
    folder.commit();
    CHECK_FALSE(fs::exists(place.out / "precious.txt"));
    CHECK(fs::exists(place.out / "stats.json"));
}

TEST_CASE("output folder: a place that cannot be is bad input", "[observe]") {
    CHECK_THROWS_AS(OutputFolder{"/proc/nowhere/x"}, config::ConfigError);
}
