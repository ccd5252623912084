#include "models/dram/dram.hpp"

#include <string>

#include "models/base/tlm/payload.hpp"

namespace exysim::dram {

namespace {
struct Row {
    const char* name;
    const char* unit;
    const char* sentence;
    uint64_t ChannelStats::*member;
};
constexpr Row kRows[] = {
    {"row_hits", "1", "Parts of requests whose row was open.", &ChannelStats::row_hits},
    {"row_misses", "1", "Parts of requests whose bank was closed.", &ChannelStats::row_misses},
    {"row_conflicts", "1", "Parts of requests that closed another row first.", &ChannelStats::row_conflicts},
    {"activates", "1", "Rows opened.", &ChannelStats::activates},
    {"read_bursts", "1", "Column reads.", &ChannelStats::read_bursts},
    {"write_bursts", "1", "Column writes.", &ChannelStats::write_bursts},
    {"write_batches", "1", "Turns from reads to writes.", &ChannelStats::write_batches},
    {"refreshes", "1", "Refreshes of all banks of a rank.", &ChannelStats::refreshes},
    {"power_downs", "1", "Times that a channel went to power-down.", &ChannelStats::power_downs},
    {"self_refreshes", "1", "Times that a channel went to self-refresh.", &ChannelStats::self_refreshes},
    {"late_in_gap", "1", "Requests stamped before a decision that found a gap.", &ChannelStats::late_in_gap},
    {"late_queued", "1", "Requests stamped before a decision that found none.", &ChannelStats::late_queued},
};

void register_banks(const Controller& controller, Statistics& statistics, const std::string& prefix) {
    struct BankRow {
        const char* name;
        const char* sentence;
        uint64_t Bank::*member;
    };
    static constexpr BankRow kBankRows[] = {
        {"rows_opened", "Rows opened in the bank.", &Bank::activates},
        {"reads", "Column reads of the bank.", &Bank::reads},
        {"writes", "Column writes of the bank.", &Bank::writes},
    };
    for (uint32_t c = 0; c < controller.channels(); ++c) {
        const Channel& channel = controller.channel(c);
        for (uint32_t b = 0; b < channel.banks(); ++b) {
            const std::string bank =
                prefix + "channel" + std::to_string(c) + ".bank" + std::to_string(b) + ".";
            for (const BankRow& row : kBankRows)
                statistics.gauge(bank + row.name, "1", row.sentence, [&channel, b, &row] {
                    return static_cast<double>(channel.bank(b).*row.member);
                });
        }
    }
}

}  // namespace

Dram::Dram(const sc_core::sc_module_name& module_name, const DramConfig& config, Instruments& instruments)
    : MemoryTarget{module_name, config.size, {config.latency, config.bytes_per_ns}, instruments},
      timed_by_bus_{config.timed_by_bus} {
    if (!config.controller) return;
    controller_ = std::make_unique<Controller>(*config.controller);
    register_statistics(instruments);
}

void Dram::register_statistics(Instruments& instruments) {
    const std::string prefix = std::string{name()} + ".dram.";
    const Controller* const c = controller_.get();
    Statistics& statistics = instruments.statistics;
    for (const Row& row : kRows) {
        statistics.gauge(prefix + row.name, row.unit, row.sentence,
                         [c, &row] { return static_cast<double>(c->channel_stats().*row.member); });
    }
    const auto ns = [c](double clocks) { return clocks * c->config().timing.tck_ps / 1000.0; };
    statistics.gauge(
        prefix + "latency_mean", "ns", "Mean time from a request's arrival to its last data.", [c, ns] {
            const ControllerStats& s = c->stats();
            return s.latency.count() == 0
                       ? 0.0
                       : ns(static_cast<double>(s.latency_clocks) / static_cast<double>(s.latency.count()));
        });
    statistics.gauge(prefix + "latency_p99", "ns", "99th percentile of it.",
                     [c, ns] { return ns(static_cast<double>(c->stats().latency.quantile(0.99))); });
    statistics.gauge(prefix + "power_down_time", "ns", "Time in power-down, summed over channels.",
                     [c, ns] { return ns(static_cast<double>(c->channel_stats().power_down_clocks)); });
    statistics.gauge(prefix + "self_refresh_time", "ns", "Time in self-refresh, summed over channels.",
                     [c, ns] { return ns(static_cast<double>(c->channel_stats().self_refresh_clocks)); });
    register_banks(*c, statistics, prefix);
    if (c->config().currents) register_energy(statistics, prefix);
    statistics.gauge(prefix + "data_time", "ns", "Time the data buses were occupied, summed over channels.",
                     [c, ns] { return ns(static_cast<double>(c->channel_stats().data_clocks)); });
}

/// Without a controller the ticket is the answer: nothing that comes later can change it. Out of line, so
/// that complete() is one jump to the controller.
[[gnu::noinline]] uint64_t Dram::submit(const BurstRequest& request, Picoseconds at) {
    if (controller_) return controller_->submit(request, at);
    const Picoseconds first = picoseconds(time_of(0)), carried = picoseconds(time_of(request.bytes)) - first;
    return data_.book(at + first, carried) + carried;
}

Picoseconds Dram::completion(uint64_t ticket) {
    return controller_ ? controller_->completion(ticket) : ticket;
}

Picoseconds Dram::complete(const BurstRequest& request, Picoseconds at) {
    return controller_ ? controller_->complete(request, at) : Dram::submit(request, at);
}

Picoseconds Dram::acceptance(uint64_t ticket) {
    return controller_ ? controller_->acceptance(ticket) : ticket;
}

Picoseconds Dram::accept(const BurstRequest& request, Picoseconds at) {
    return controller_ ? controller_->accept(request, at) : Dram::submit(request, at);
}

/// Only where the devices' currents are known.
void Dram::register_energy(Statistics& statistics, const std::string& prefix) {
    struct EnergyRow {
        const char* name;
        const char* sentence;
        double Energy::*member;
    };
    static constexpr EnergyRow kEnergy[] = {
        {"energy_activate", "Estimated energy of activates and precharges.", &Energy::activate},
        {"energy_read", "Estimated energy of column reads, without I/O.", &Energy::read},
        {"energy_write", "Estimated energy of column writes, without I/O.", &Energy::write},
        {"energy_refresh", "Estimated energy of refreshes.", &Energy::refresh},
        {"energy_background", "Estimated energy of standby and power-down.", &Energy::background},
    };
    constexpr double kPicosecondsPerNanosecond = 1000, kPicojoulesPerNanojoule = 1000;
    for (const EnergyRow& row : kEnergy) {
        statistics.gauge(prefix + row.name, "nJ", row.sentence, [c = controller_.get(), &row] {
            const auto now = static_cast<double>(picoseconds(sc_core::sc_time_stamp()));
            const Energy energy = energy_of(c->channel_stats(), c->config(), now / kPicosecondsPerNanosecond);
            return energy.*row.member / kPicojoulesPerNanojoule;
        });
    }
}

void Dram::take_time(tlm::tlm_generic_payload& tx, sc_core::sc_time& delay) {
    if (timed_by_bus_) return;
    if (!controller_) return MemoryTarget::take_time(tx, delay);
    auto* const burst = tx.get_extension<Burst>();
    const Picoseconds now = picoseconds(sc_core::sc_time_stamp());
    const Request request{tx.get_address(), tx.get_data_length(), tx.is_write(),
                          burst ? burst->priority : uint8_t{0}};
    const Picoseconds arrival = now + picoseconds(delay);
    if (burst && burst->may_defer()) return burst->defer(*this, controller_->submit(request, arrival));
    delay = sc_ps(controller_->complete(request, arrival) - now);
}

}  // namespace exysim::dram
