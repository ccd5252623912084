#include "platform/observe/dram_report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace exysim::observe {

namespace {

struct Count {
    const char* key;
    const char* what;
    uint64_t dram::ChannelStats::*member;
};
constexpr Count kCounts[] = {
    {"row_hits", "the row was open", &dram::ChannelStats::row_hits},
    {"row_misses", "the bank was closed", &dram::ChannelStats::row_misses},
    {"row_conflicts", "another row had to be closed", &dram::ChannelStats::row_conflicts},
    {"activates", "rows opened", &dram::ChannelStats::activates},
    {"read_bursts", "column reads", &dram::ChannelStats::read_bursts},
    {"write_bursts", "column writes", &dram::ChannelStats::write_bursts},
    {"write_batches", "turns from reads to writes", &dram::ChannelStats::write_batches},
    {"refreshes", "of all banks of a rank", &dram::ChannelStats::refreshes},
    {"power_downs", "left again", &dram::ChannelStats::power_downs},
    {"self_refreshes", "left again", &dram::ChannelStats::self_refreshes},
    {"late_in_gap", "stamped before a decision, served in a gap", &dram::ChannelStats::late_in_gap},
    {"late_queued", "stamped before a decision, served next", &dram::ChannelStats::late_queued},
};

}  // namespace

DramFigures figures_of(const dram::Controller& controller) {
    const dram::ControllerStats& stats = controller.stats();
    const double tck_ns = controller.config().timing.tck_ps / 1000.0;
    DramFigures made{};
    made.reads = stats.reads, made.writes = stats.writes;
    made.bytes = stats.read_bytes + stats.write_bytes;
    made.channels = controller.channel_stats();
    made.mean_ns = stats.latency.count() == 0 ? 0
                                              : static_cast<double>(stats.latency_clocks) * tck_ns /
                                                    static_cast<double>(stats.latency.count());
    made.p50_ns = static_cast<double>(stats.latency.quantile(0.5)) * tck_ns;
    made.p99_ns = static_cast<double>(stats.latency.quantile(0.99)) * tck_ns;
    made.elapsed_ns = static_cast<double>(stats.last_data - stats.first_arrival) * tck_ns;
    if (made.elapsed_ns <= 0) return made;
    made.bytes_per_second = static_cast<double>(made.bytes) / made.elapsed_ns * 1e9;
    made.utilisation =
        static_cast<double>(made.channels.data_clocks) * tck_ns / (made.elapsed_ns * controller.channels());
    return made;
}

std::string dram_text(const dram::Controller& controller) {
    const DramFigures f = figures_of(controller);
    std::string text = fmt::format(
        "  requests     {} read, {} written, {} bytes\n"
        "  time         {:.3f} us\n"
        "  bandwidth    {:.3f} GB/s, data bus busy {:.1f} %\n"
        "  latency      mean {:.2f} ns   p50 {:.2f} ns   p99 {:.2f} ns   (arrival to last data)\n",
        f.reads, f.writes, f.bytes, f.elapsed_ns / 1000, f.bytes_per_second / 1e9, f.utilisation * 100,
        f.mean_ns, f.p50_ns, f.p99_ns);
    for (const Count& row : kCounts) {
        const uint64_t value = f.channels.*row.member;
        if (value != 0) text += fmt::format("  {:<14} {:>12}   {}\n", row.key, value, row.what);
    }
    for (uint32_t c = 0; c < controller.channels(); ++c) {
        const dram::Channel& channel = controller.channel(c);
        text += fmt::format("  channel {}    activates/reads/writes of each bank:", c);
        for (uint32_t b = 0; b < channel.banks(); ++b) {
            const dram::Bank& bank = channel.bank(b);
            text += fmt::format(" {}/{}/{}", bank.activates, bank.reads, bank.writes);
        }
        text += "\n";
    }
    return text;
}

std::string dram_json(const dram::Controller& controller) {
    const DramFigures f = figures_of(controller);
    nlohmann::ordered_json json{{"schema", 1},
                                {"reads", f.reads},
                                {"writes", f.writes},
                                {"bytes", f.bytes},
                                {"elapsed_ns", f.elapsed_ns},
                                {"bandwidth_bytes_per_s", f.bytes_per_second},
                                {"utilisation", f.utilisation},
                                {"latency_ns", {{"mean", f.mean_ns}, {"p50", f.p50_ns}, {"p99", f.p99_ns}}}};
    for (const Count& row : kCounts) json[row.key] = f.channels.*row.member;
    for (uint32_t c = 0; c < controller.channels(); ++c) {
        nlohmann::ordered_json banks = nlohmann::ordered_json::array();
        for (uint32_t b = 0; b < controller.channel(c).banks(); ++b) {
            const dram::Bank& bank = controller.channel(c).bank(b);
            banks.push_back({{"activates", bank.activates}, {"reads", bank.reads}, {"writes", bank.writes}});
        }
        json["channels"].push_back({{"banks", banks}});
    }
    return json.dump(2) + "\n";
}

}  // namespace exysim::observe
