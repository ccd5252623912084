// What a bus with contention reports of its ports.
#pragma once

#include <string>

#include "models/base/statistics.hpp"
#include "models/interconnect/on_chip_port.hpp"
#include "models/interconnect/traffic.hpp"

namespace exysim::interconnect {

/// `<prefix>.{read,write}.{bursts,latency_p50,latency_p99,latency_max,bandwidth,stall_*,...}`. What is in
/// flight when the statistics are read is not in them. `traffic` must outlive the registry's use.
void register_statistics(Statistics& statistics, const std::string& prefix, const MasterTraffic& traffic);
/// `<prefix>.{read,write}.{bytes,busy,grants,late}`.
void register_statistics(Statistics& statistics, const std::string& prefix, const TargetTraffic& traffic);
/// `<prefix>.{waited,busy}`.
void register_statistics(Statistics& statistics, const std::string& prefix, const OnChipPort& port);

}  // namespace exysim::interconnect
