#include "models/interconnect/traffic_statistics.hpp"

#include <systemc>

namespace exysim::interconnect {

namespace {

constexpr double kPicosecondsPerNanosecond = 1000, kPicosecondsPerSecond = 1e12;

double ns(uint64_t ps) { return static_cast<double>(ps) / kPicosecondsPerNanosecond; }

/// Bytes a second over the whole run.
double rate(uint64_t bytes) {
    const double seconds = static_cast<double>(sc_core::sc_time_stamp().value()) / kPicosecondsPerSecond;
    return seconds == 0 ? 0.0 : static_cast<double>(bytes) / seconds;
}

struct TimeRow {
    const char* name;
    const char* sentence;
    uint64_t TrafficTimes::*member;
};
constexpr TimeRow kTimes[] = {
    {"latency_sum", "From wish to completion, summed over bursts; the rows below are its parts.",
     &TrafficTimes::latency},
    {"stall_limit", "Bursts waited for one in flight to complete.", &TrafficTimes::limit},
    {"stall_regulation", "Bursts were held back to the master's rate.", &TrafficTimes::regulation},
    {"stall_channel", "Bursts waited for the master's own data channel.", &TrafficTimes::channel},
    {"stall_arbitration", "Bursts waited for the memory's port.", &TrafficTimes::arbitration},
    {"in_memory", "Bursts were in the memory and its queues.", &TrafficTimes::memory},
    {"passing", "Bursts passed the crossbar and the ports.", &TrafficTimes::passing},
};

struct ChannelRow {
    const char* name;
    const char* unit;
    const char* sentence;
    double (*value)(const MasterChannel&);
};
constexpr ChannelRow kChannel[] = {
    {"bursts", "1", "Bursts completed.",
     [](const MasterChannel& c) { return static_cast<double>(c.bursts()); }},
    {"burst_bytes", "bytes", "Bytes of the bursts completed.",
     [](const MasterChannel& c) { return static_cast<double>(c.bytes()); }},
    {"bandwidth", "bytes/s", "Bytes of the bursts completed over the simulated time.",
     [](const MasterChannel& c) { return rate(c.bytes()); }},
    {"busy", "ns", "The master's data channel was occupied.",
     [](const MasterChannel& c) { return ns(c.busy()); }},
    {"latency_p50", "ns", "Median time from a burst's wish to its completion.",
     [](const MasterChannel& c) { return ns(c.latency().quantile(0.5)); }},
    {"latency_p99", "ns", "99th percentile of it.",
     [](const MasterChannel& c) { return ns(c.latency().quantile(0.99)); }},
    {"latency_max", "ns", "The longest of them.", [](const MasterChannel& c) { return ns(c.longest()); }},
};

void register_channel(Statistics& statistics, const std::string& prefix, const MasterChannel& channel) {
    for (const ChannelRow& row : kChannel)
        statistics.gauge(prefix + row.name, row.unit, row.sentence,
                         [&channel, &row] { return row.value(channel); });
    for (const TimeRow& row : kTimes)
        statistics.gauge(prefix + row.name, "ns", row.sentence,
                         [&channel, &row] { return ns(channel.times().*row.member); });
}

void register_port(Statistics& statistics, const std::string& prefix, const TargetTraffic& traffic,
                   bool write) {
    const auto gauge = [&](const char* name, const char* unit, const char* sentence, auto value) {
        statistics.gauge(prefix + name, unit, sentence,
                         [&traffic, write, value] { return static_cast<double>(value(traffic, write)); });
    };
    const auto bytes = [](const TargetTraffic& t, bool w) { return t.bytes(w); };
    gauge("bytes", "bytes", "Bytes of the bursts that the memory was given.", bytes);
    gauge("bandwidth", "bytes/s", "These bytes over the simulated time.",
          [](const TargetTraffic& t, bool w) { return rate(t.bytes(w)); });
    gauge("busy", "ns", "The memory's port was occupied.",
          [](const TargetTraffic& t, bool w) { return ns(t.arbiter(w).calendar().busy()); });
    gauge("grants", "1", "Bursts let through by the arbiter.",
          [](const TargetTraffic& t, bool w) { return t.arbiter(w).grants(); });
    gauge("late", "1", "Of them, those stamped before a decision already taken that found a gap.",
          [](const TargetTraffic& t, bool w) { return t.arbiter(w).late(); });
}

}  // namespace

void register_statistics(Statistics& statistics, const std::string& prefix, const MasterTraffic& traffic) {
    register_channel(statistics, prefix + ".read.", traffic.read);
    register_channel(statistics, prefix + ".write.", traffic.write);
}

void register_statistics(Statistics& statistics, const std::string& prefix, const TargetTraffic& traffic) {
    register_port(statistics, prefix + ".read.", traffic, false);
    register_port(statistics, prefix + ".write.", traffic, true);
}

void register_statistics(Statistics& statistics, const std::string& prefix, const OnChipPort& port) {
    statistics.gauge(prefix + ".waited", "ns", "Transfers waited for others at this memory, summed.",
                     [&port] { return ns(port.waited()); });
    statistics.gauge(prefix + ".busy", "ns", "The memory's port was occupied.",
                     [&port] { return ns(port.busy()); });
}

}  // namespace exysim::interconnect
