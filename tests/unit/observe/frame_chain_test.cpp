#include "platform/observe/frame_chain.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

using namespace exysim;
using namespace exysim::observe;

namespace {

constexpr Picoseconds kMs = 1'000'000'000;

/// What a watcher heard of.
struct Kept : FrameChains {
    std::vector<FrameChain> kept;
    Kept() {
        completed.attach([this](const FrameChain& chain) { kept.push_back(chain); });
    }
};

std::vector<Stage> stages_of(const FrameChain& chain) {
    std::vector<Stage> stages;
    for (const Span& s : chain.spans) stages.push_back(s.stage);
    return stages;
}

Picoseconds sum_of(const FrameChain& chain) {
    Picoseconds sum = 0;
    for (const Span& s : chain.spans) sum += s.length();
    return sum;
}

/// The planted life of one frame: each moment's distance from the one before is another number.
void live(FrameChains& chains, uint64_t frame, Picoseconds at) {
    chains.captured(frame, at);
    chains.sent(frame, at + 10 * kMs);
    chains.written(frame, at + 11 * kMs);
    chains.programmed(frame, at + 14 * kMs);
    chains.vsync(at + 21 * kMs);
    chains.shown(frame, frame, at + 22 * kMs);
}

}  // namespace

TEST_CASE("frame chain: each moment ends the span it is about", "[observe]") {
    Kept chains;
    live(chains, 0, 5 * kMs);
    REQUIRE(chains.kept.size() == 1);
    const FrameChain& chain = chains.kept[0];
    CHECK(stages_of(chain) ==
          std::vector<Stage>{Stage::readout, Stage::capture, Stage::software, Stage::vsync, Stage::blanking});
    const Picoseconds lengths[] = {10 * kMs, 1 * kMs, 3 * kMs, 7 * kMs, 1 * kMs};
    for (size_t i = 0; i < chain.spans.size(); ++i) CHECK(chain.spans[i].length() == lengths[i]);
    CHECK(sum_of(chain) == chain.end() - chain.begin());
    CHECK(chain.begin() == 5 * kMs);
}

TEST_CASE("frame chain: a frame that is ready while the display holds an earlier one queues", "[observe]") {
    Kept chains;
    chains.captured(0, 0);
    chains.written(0, 10 * kMs);
    chains.captured(1, 10 * kMs);
    chains.programmed(0, 12 * kMs);
    chains.written(1, 15 * kMs);  // frame 0 is programmed already: nothing but queueing until its vsync
    chains.vsync(20 * kMs);
    chains.programmed(1, 21 * kMs);
    chains.shown(0, 0, 22 * kMs);
    chains.vsync(36 * kMs);
    chains.shown(1, 1, 38 * kMs);
    REQUIRE(chains.kept.size() == 2);
    const FrameChain& late = chains.kept[1];
    CHECK(stages_of(late) ==
          std::vector<Stage>{Stage::capture, Stage::queue, Stage::software, Stage::vsync, Stage::blanking});
    CHECK(late.spans[1].length() == 5 * kMs);
    CHECK(sum_of(late) == 28 * kMs);
}

TEST_CASE("frame chain: software that programs an earlier frame late is not taken for a queue", "[observe]") {
    Kept chains;
    chains.captured(0, 0);
    chains.written(0, 10 * kMs);
    chains.captured(1, 10 * kMs);
    chains.written(1, 15 * kMs);
    chains.programmed(0, 18 * kMs);
    chains.vsync(20 * kMs);
    chains.programmed(1, 21 * kMs);
    chains.shown(0, 0, 22 * kMs);
    chains.vsync(36 * kMs);
    chains.shown(1, 1, 38 * kMs);
    const FrameChain& late = chains.kept[1];
    CHECK(stages_of(late) == std::vector<Stage>{Stage::capture, Stage::software, Stage::queue,
                                                Stage::software, Stage::vsync, Stage::blanking});
    CHECK(late.spans[1].length() == 3 * kMs);
    CHECK(late.spans[2].length() == 2 * kMs);
}

TEST_CASE("frame chain: engines' jobs lie inside software's time, and all still adds up", "[observe]") {
    Kept chains;
    chains.captured(0, 0);
    chains.sent(0, 10 * kMs);
    chains.written(0, 11 * kMs);
    chains.job_started(0, 12 * kMs);  // broken off
    chains.job_started(0, 13 * kMs);
    chains.job_done(0, 18 * kMs);
    chains.job_started(0, 20 * kMs);
    chains.job_done(0, 23 * kMs);
    chains.programmed(0, 24 * kMs);
    chains.vsync(30 * kMs);
    chains.shown(0, 0, 31 * kMs);
    REQUIRE(chains.kept.size() == 1);
    const FrameChain& chain = chains.kept[0];
    CHECK(stages_of(chain) == std::vector<Stage>{Stage::readout, Stage::capture, Stage::software,
                                                 Stage::conversion, Stage::software, Stage::conversion,
                                                 Stage::software, Stage::vsync, Stage::blanking});
    const Picoseconds lengths[] = {10, 1, 2, 5, 2, 3, 1, 6, 1};
    for (size_t i = 0; i < chain.spans.size(); ++i) CHECK(chain.spans[i].length() == lengths[i] * kMs);
    CHECK(sum_of(chain) == 31 * kMs);
}

TEST_CASE("frame chain: a frame that an engine still works on waits behind nobody", "[observe]") {
    Kept chains;
    for (const uint64_t frame : {0, 1}) {
        chains.captured(frame, 0);
        chains.sent(frame, 1 * kMs);
        chains.written(frame, 1 * kMs);
    }
    chains.job_started(1, 2 * kMs);
    chains.programmed(0, 3 * kMs);
    chains.vsync(10 * kMs);  // frame 1 is written and not programmed, but an engine has it
    chains.shown(0, 0, 11 * kMs);
    chains.job_done(1, 12 * kMs);
    chains.programmed(1, 13 * kMs);
    chains.vsync(20 * kMs);
    chains.shown(1, 1, 21 * kMs);
    REQUIRE(chains.kept.size() == 2);
    const FrameChain& chain = chains.kept[1];
    CHECK(stages_of(chain) == std::vector<Stage>{Stage::readout, Stage::software, Stage::conversion,
                                                 Stage::software, Stage::vsync, Stage::blanking});
    CHECK(sum_of(chain) == 21 * kMs);
}

TEST_CASE("frame chain: without a probe of the display the rest is software's", "[observe]") {
    Kept chains;
    chains.captured(0, 0);
    chains.written(0, 10 * kMs);
    chains.shown(0, 0, 30 * kMs);
    CHECK(stages_of(chains.kept[0]) == std::vector<Stage>{Stage::capture, Stage::software});
    CHECK(sum_of(chains.kept[0]) == 30 * kMs);
}

TEST_CASE("frame chain: a frame that is passed over leaves nothing behind", "[observe]") {
    Kept chains;
    chains.captured(0, 0);
    chains.written(0, 10 * kMs);
    live(chains, 1, 30 * kMs);
    CHECK(chains.kept.size() == 1);
    chains.written(0, 80 * kMs);  // too late: it is not followed any more
    chains.shown(0, 1, 90 * kMs);
    CHECK(chains.kept.size() == 1);
}

TEST_CASE("frame chain: meters tell what happened within each span", "[observe]") {
    Statistics statistics;
    Counter& walks = statistics.counter("sysmmu_a.walk_time", "ns", "");
    Counter& more = statistics.counter("sysmmu_b.walk_time", "ns", "");
    Kept chains;
    chains.set_meters(Meters{statistics});
    REQUIRE(chains.meters().meters().size() == 1);
    walks += 100;
    chains.captured(0, 0);
    walks += 5;
    chains.sent(0, 10 * kMs);
    more += 7;
    chains.written(0, 20 * kMs);
    chains.shown(0, 0, 30 * kMs);
    const auto& spans = chains.kept[0].spans;
    CHECK(spans[0].meters == std::vector<double>{5});
    CHECK(spans[1].meters == std::vector<double>{7});
    CHECK(spans[2].meters == std::vector<double>{0});
}

TEST_CASE("frame chain: what the bursts of one master waited for is told apart", "[observe]") {
    Statistics statistics;
    Counter& reads = statistics.counter("bus.fimc0.read.in_memory", "ns", "");
    Counter& writes = statistics.counter("bus.fimc0.write.in_memory", "ns", "");
    Counter& others = statistics.counter("bus.g2d.write.in_memory", "ns", "");
    Counter& walks = statistics.counter("sysmmu_fimc0.walk_time", "ps", "");
    const Meters meters{statistics, {"fimc0"}};
    reads += 3;
    writes += 4;
    others += 50;
    walks += 7;
    std::map<std::string, double> told;
    const std::vector<double> values = meters.read();
    for (size_t i = 0; i < values.size(); ++i) told[meters.meters()[i].name] = values[i];
    CHECK(told ==
          std::map<std::string, double>{
              {"page walks", 7}, {"in memory", 57}, {"fimc0 bursts in memory", 7}, {"fimc0 page walks", 7}});
}

TEST_CASE("frame chain: the summary names the largest planted cause", "[observe]") {
    Kept chains;
    for (uint64_t n = 0; n < 3; ++n) live(chains, n, n * 40 * kMs);
    const std::string text = chains_text(chains);
    CHECK(text.find("largest: sensor readout") != std::string::npos);
    CHECK(text.find("largest that the modes do not fix: waiting for vsync") != std::string::npos);
    CHECK(chains_text(FrameChains{}).empty());
}

TEST_CASE("frame chain: JSON and statistics say the same", "[observe]") {
    Kept chains;
    Statistics statistics;
    register_chains("preview", chains, statistics);
    const auto file = std::filesystem::temp_directory_path() / "chain_file_test.json";
    ChainFile written{file, "preview", chains.meters()};
    chains.completed.attach([&](const FrameChain& chain) { written.add(chain); });
    live(chains, 0, 0);
    live(chains, 1, 50 * kMs);
    written.close();
    CHECK(statistics.all().at("preview.spans.software.mean").value() == 3e6);
    CHECK(statistics.all().at("preview.spans.queue.max").value() == 0);
    const auto json = nlohmann::json::parse(std::ifstream{file});
    REQUIRE(json.at("frames").size() == 2);
    CHECK(json.at("stages").size() == kStages);
    CHECK(json.at("frames").at(1).at("delivered") == 1);
    const auto& frame = json.at("frames").at(0);
    CHECK(frame.at("latency_ps") == 22 * kMs);
    CHECK(frame.at("spans").at(2).at("stage") == "software");
}

TEST_CASE("frame chain: a file of no frames is whole, one that cannot be written is an error", "[observe]") {
    const auto file = std::filesystem::temp_directory_path() / "chain_file_none.json";
    ChainFile{file, "p", Meters{}}.close();
    CHECK(nlohmann::json::parse(std::ifstream{file}).at("frames").empty());
    CHECK_THROWS_AS((ChainFile{"/nonexistent/frames.json", "p", Meters{}}), std::runtime_error);
    CHECK_THROWS_AS((ChainFile{"/dev/full", "p", Meters{}}.close()), std::runtime_error);
}

TEST_CASE("frame chain: software's time is split by what the guest tells", "[observe]") {
    Kept chains;
    chains.software_does(Stage::asleep, 1 * kMs);
    chains.captured(0, 2 * kMs);
    chains.written(0, 10 * kMs);
    chains.capture_interrupt(13 * kMs);
    chains.software_does(Stage::driver, 13 * kMs);
    chains.software_does(Stage::application, 14 * kMs);
    chains.software_does(Stage::maintenance, 19 * kMs);
    chains.programmed(0, 25 * kMs);
    chains.software_does(Stage::asleep, 26 * kMs);
    chains.shown(0, 0, 25 * kMs);
    const FrameChain& chain = chains.kept[0];
    CHECK(stages_of(chain) == std::vector<Stage>{Stage::capture, Stage::handover, Stage::driver,
                                                 Stage::application, Stage::maintenance});
    const Picoseconds lengths[] = {8 * kMs, 3 * kMs, 1 * kMs, 5 * kMs, 6 * kMs};
    for (size_t i = 0; i < chain.spans.size(); ++i) CHECK(chain.spans[i].length() == lengths[i]);
    CHECK(sum_of(chain) == 23 * kMs);
}

TEST_CASE("frame chain: an interrupt after the display was told is another frame's", "[observe]") {
    Kept chains;
    chains.captured(0, 0);
    chains.written(0, 10 * kMs);
    chains.programmed(0, 11 * kMs);  // by software that polls
    chains.capture_interrupt(15 * kMs);
    chains.shown(0, 0, 30 * kMs);
    CHECK(stages_of(chains.kept[0]) == std::vector<Stage>{Stage::capture, Stage::software});
    CHECK(sum_of(chains.kept[0]) == 30 * kMs);
}

TEST_CASE("frame chain: more changes than are remembered leave time unsplit, not lost", "[observe]") {
    Kept chains;
    chains.captured(0, 0);
    chains.written(0, 1);
    for (Picoseconds at = 2; at < 40'000; ++at)
        chains.software_does(at % 2 ? Stage::driver : Stage::application, at);
    chains.programmed(0, 40'000);
    chains.shown(0, 0, 50'000);
    const FrameChain& chain = chains.kept[0];
    CHECK(sum_of(chain) == 50'000);
    CHECK(chain.spans[1].stage == Stage::software);
    CHECK(chain.spans[1].length() > 30'000);
}
