// Frame chains as text, JSON and statistics.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "platform/observe/expectations.hpp"
#include "platform/observe/frame_chain.hpp"

namespace exysim::observe {

namespace {

constexpr int kChainsSchema = 1;
constexpr size_t kBarWidth = 24;

const StageTotal* largest(const std::vector<StageTotal>& totals, bool with_fixed) {
    const StageTotal* found = nullptr;
    for (const StageTotal& t : totals) {
        if (!with_fixed && facts_of(t.stage).by_modes) continue;
        if (!found || t.total > found->total) found = &t;
    }
    return found;
}

std::string row_text(const StageTotal& t, uint64_t frames, Picoseconds all) {
    const double share = static_cast<double>(t.total) / static_cast<double>(all);
    const auto bar = static_cast<size_t>(share * kBarWidth + 0.5);
    return fmt::format("    {:<24} {:>10} {:>5.1f} %  {:<{}} longest {}\n", facts_of(t.stage).title,
                       human_time(t.total / frames / 1000), 100 * share, std::string(bar, '#'), kBarWidth,
                       human_time(t.longest / 1000));
}

std::string cause_text(const std::vector<StageTotal>& totals) {
    const StageTotal *most = largest(totals, true), *waiting = largest(totals, false);
    std::string text =
        fmt::format("    largest: {} ({})\n", facts_of(most->stage).title, facts_of(most->stage).sentence);
    if (waiting && waiting != most) {
        text += fmt::format("    largest that the modes do not fix: {} ({})\n",
                            facts_of(waiting->stage).title, facts_of(waiting->stage).sentence);
    }
    return text;
}

nlohmann::ordered_json json_of(const FrameChain& chain) {
    nlohmann::ordered_json spans = nlohmann::ordered_json::array();
    for (const Span& s : chain.spans) {
        spans.push_back({{"stage", facts_of(s.stage).name},
                         {"begin_ps", s.begin},
                         {"end_ps", s.end},
                         {"meters", s.meters}});
    }
    return {{"frame", chain.frame},
            {"delivered", chain.delivered},
            {"begin_ps", chain.begin()},
            {"latency_ps", chain.end() - chain.begin()},
            {"spans", spans}};
}

}  // namespace

std::string chains_text(const FrameChains& chains) {
    const std::vector<StageTotal> totals = stage_totals(chains);
    if (totals.empty()) return "";
    Picoseconds all = 0;
    for (const StageTotal& t : totals) all += t.total;
    const uint64_t frames = chains.count();
    std::string text = fmt::format("  where the time went: mean of {} frames, {} each\n", frames,
                                   human_time(all / frames / 1000));
    for (const StageTotal& t : totals) text += row_text(t, frames, all);
    return text + cause_text(totals);
}

ChainFile::ChainFile(const std::filesystem::path& file, const std::string& pipeline, const Meters& counted)
    : name_{file}, out_{file, std::ios::binary} {
    using Json = nlohmann::ordered_json;
    if (!out_) throw std::runtime_error{fmt::format("{}: cannot write", file.string())};
    Json stages = Json::array(), meters = Json::array();
    for (size_t i = 0; i < kStages; ++i) {
        const StageFacts& facts = facts_of(static_cast<Stage>(i));
        stages.push_back({{"name", facts.name}, {"title", facts.title}, {"sentence", facts.sentence}});
    }
    for (const Meters::Meter& m : counted.meters()) meters.push_back({{"name", m.name}, {"unit", m.unit}});
    const Json head{
        {"schema", kChainsSchema}, {"pipeline", pipeline}, {"stages", stages}, {"meters", meters}};
    std::string text = head.dump(1);
    text.erase(text.rfind('\n'));  // the object goes on
    out_ << text << ",\n \"frames\": [";
}

void ChainFile::add(const FrameChain& chain) {
    out_ << (std::exchange(first_, false) ? "\n  " : ",\n  ") << json_of(chain).dump();
}

void ChainFile::close() {
    out_ << "\n ]\n}\n";
    if (!out_.flush()) throw std::runtime_error{fmt::format("{}: cannot be written", name_.string())};
}

void register_chains(const std::string& pipeline, const FrameChains& chains, Statistics& statistics) {
    const auto total_of = [&chains](Stage stage) { return chains.totals()[static_cast<size_t>(stage)]; };
    for (size_t i = 0; i < kStages; ++i) {
        const StageFacts& facts = facts_of(static_cast<Stage>(i));
        const std::string prefix = fmt::format("{}.spans.{}.", pipeline, facts.name);
        statistics.gauge(prefix + "mean", "ns", fmt::format("mean over delivered frames: {}", facts.sentence),
                         [=, &chains] {
                             const uint64_t frames = chains.count();
                             if (frames == 0) return 0.0;
                             return static_cast<double>(total_of(facts.stage).total / frames / 1000);
                         });
        statistics.gauge(prefix + "max", "ns", fmt::format("longest of them: {}", facts.sentence),
                         [=] { return static_cast<double>(total_of(facts.stage).longest / 1000); });
    }
}

}  // namespace exysim::observe
