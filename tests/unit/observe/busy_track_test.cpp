#include "platform/observe/busy_track.hpp"

#include <zlib.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>

#include "platform/observe/buffer_flows.hpp"

using namespace exysim;
using namespace exysim::observe;
namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

constexpr Picoseconds kUs = 1'000'000;

fs::path file_called(const char* name) {
    return fs::temp_directory_path() / (std::string{"busy_test_"} + name + ".json.gz");
}

/// Events of one kind.
std::vector<Json> events(const fs::path& file, const std::string& kinds) {
    std::string text;
    gzFile in = gzopen(file.c_str(), "rb");
    char piece[65536];
    for (int n = 0; (n = gzread(in, piece, sizeof piece)) > 0;) text.append(piece, static_cast<size_t>(n));
    gzclose(in);
    std::vector<Json> chosen;
    const Json document = Json::parse(text);
    for (const Json& e : document.at("traceEvents")) {
        if (kinds.find(e.at("ph").get<std::string>()) != std::string::npos) chosen.push_back(e);
    }
    return chosen;
}

uint64_t ps(const Json& microseconds) {
    return static_cast<uint64_t>(std::llround(microseconds.get<double>() * 1e6));
}

struct Use {
    Picoseconds begin, end;
};

/// Slices of a track that was told of these uses of ten bytes each.
std::vector<Json> slices_of(const char* name, const std::vector<Use>& uses) {
    const fs::path file = file_called(name);
    TraceFile trace{file};
    BusyTrack track{trace, trace.track("ports", "one"), {"reads", "bursts", "hits"}};
    for (const Use& use : uses) track.used(use.begin, use.end, 10, true);
    track.close();
    trace.close();
    return events(file, "X");
}

}  // namespace

TEST_CASE("busy track: what lies close together is one slice, with how much of it was busy", "[observe]") {
    const auto slices = slices_of("merge", {{10 * kUs, 11 * kUs},
                                            {12 * kUs, 13 * kUs},  // a gap of 1 us: still the same
                                            {13 * kUs, 14 * kUs},
                                            {20 * kUs, 21 * kUs}});
    REQUIRE(slices.size() == 2);
    CHECK(ps(slices[0].at("ts")) == 10 * kUs);
    CHECK(ps(slices[0].at("dur")) == 4 * kUs);
    CHECK(slices[0].at("args") ==
          Json{{"bursts", "3"}, {"bytes", "30"}, {"occupied", "75.0 %"}, {"hits", "3"}});
    CHECK(slices[1].at("args").at("occupied") == "100.0 %");
}

TEST_CASE("busy track: a use that is told late has its place, if there is one", "[observe]") {
    const auto slices = slices_of("late", {{10 * kUs, 11 * kUs},
                                           {50 * kUs, 51 * kUs},
                                           {30 * kUs, 31 * kUs},  // between the two
                                           {52 * kUs, 53 * kUs},
                                           {5 * kUs, 6 * kUs}});  // before what is written
    std::vector<std::pair<uint64_t, uint64_t>> places;
    for (const Json& s : slices) places.emplace_back(ps(s.at("ts")), ps(s.at("dur")));
    std::sort(places.begin(), places.end());
    REQUIRE(places.size() == 4);
    CHECK(places[0] == std::pair<uint64_t, uint64_t>{10 * kUs, kUs});
    CHECK(places[1] == std::pair<uint64_t, uint64_t>{30 * kUs, kUs});
    CHECK(places[2] == std::pair<uint64_t, uint64_t>{31 * kUs, 0});  // counted, without a length
    CHECK(places[3] == std::pair<uint64_t, uint64_t>{50 * kUs, 3 * kUs});
}

TEST_CASE("busy track: slices never overlap, are never more than busy, and lose no byte", "[observe]") {
    std::mt19937_64 random{7};
    std::vector<Use> uses;
    Picoseconds at = 0;
    for (int n = 0; n < 300'000; ++n) {
        at += random() % 64 == 0 ? random() % (200 * kUs) : random() % 1000;
        const Picoseconds length = random() % 20'000;
        uses.push_back({at, at + length});
        at += length;
    }
    for (size_t i = 8; i < uses.size(); ++i) std::swap(uses[i], uses[i - random() % 8]);
    auto slices = slices_of("random", uses);
    // After eight doublings, of kSlices slices each, the gap is wider than the longest pause.
    CHECK(slices.size() < 9 * BusyTrack::kSlices);
    std::sort(slices.begin(), slices.end(), [](const Json& a, const Json& b) {
        return std::pair{ps(a.at("ts")), ps(a.at("dur"))} < std::pair{ps(b.at("ts")), ps(b.at("dur"))};
    });
    uint64_t end = 0, bytes = 0;
    for (const Json& s : slices) {
        if (ps(s.at("ts")) < end) FAIL("overlap at " << s);
        end = ps(s.at("ts")) + ps(s.at("dur"));
        bytes += std::stoull(s.at("args").at("bytes").get<std::string>());
        if (std::stod(s.at("args").at("occupied").get<std::string>()) > 100) FAIL("more than busy: " << s);
    }
    CHECK(bytes == 10 * uses.size());
}

TEST_CASE("busy track: ten times as long is not ten times as many slices", "[observe]") {
    const auto count = [](const char* name, int uses) {
        std::vector<Use> list;
        for (int n = 0; n < uses; ++n) {
            const Picoseconds at = static_cast<Picoseconds>(n) * 10 * kUs;
            list.push_back({at, at + kUs});
        }
        return slices_of(name, list).size();
    };
    CHECK(count("short", 500) == 500);
    // The gap of 9 us is closed from 16 us on: after 1, 2, 4 and 8 us have been used up.
    CHECK(count("long", 400'000) <= 4 * BusyTrack::kSlices + 1);
}

TEST_CASE("buffer flows: arrows of delivered frames only, each with begin and end", "[observe]") {
    const fs::path file = file_called("flows");
    TraceFile trace{file};
    BufferFlows flows{trace};
    const auto camera = trace.track("devices", "fimc0"), screen = trace.track("devices", "mixer0");
    flows.at(0, camera, 10);
    flows.at(1, camera, 20);
    flows.at(2, screen, 30);
    flows.at(1, screen, 50);
    flows.at(1, camera, 40);  // told late
    flows.delivered(1);
    flows.at(1, screen, 60);  // shown again
    flows.at(0, screen, 60);
    flows.delivered(2);  // seen at one place only
    flows.delivered(3);
    trace.close();
    const auto arrows = events(file, "stf");
    REQUIRE(arrows.size() == 3);
    CHECK(arrows[0].at("ph") == "s");
    CHECK(arrows[1].at("ph") == "t");
    CHECK(arrows[2].at("ph") == "f");
    for (const Json& arrow : arrows) CHECK(arrow.at("id") == 1);
    CHECK(ps(arrows[1].at("ts")) == 40);
}
