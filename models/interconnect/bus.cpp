#include "models/interconnect/bus.hpp"

#include <algorithm>
#include <cassert>
#include <stdexcept>
#include <utility>

#include "models/base/tlm/payload.hpp"
#include "models/interconnect/on_chip_port.hpp"
#include "models/interconnect/ports.hpp"
#include "models/interconnect/traffic_statistics.hpp"

namespace exysim::interconnect {

Bus::Bus(sc_core::sc_module_name name, const BusConfig& config, Instruments& instruments)
    : sc_module{name}, config_{config}, instruments_{instruments} {}

Bus::~Bus() = default;

const MasterConfig& ContentionConfig::of(const std::string& master_settings) const {
    const auto found = masters.find(master_settings);
    return found == masters.end() ? master : found->second;
}

Bus::NewMaster Bus::new_master(const std::string& master, const std::string& settings) {
    const std::string module = std::string{basename()} + "_from_" + master;
    const std::string prefix = std::string{name()} + "." + master;
    const MasterConfig* contended = config_.contention ? &config_.contention->of(settings) : nullptr;
    const auto number = static_cast<uint32_t>(masters_.size());
    masters_.push_back(
        std::make_unique<MasterPort>(module.c_str(), *this, prefix, number, contended, instruments_));
    return {masters_.back()->socket, *masters_.back()};
}

Bus::InitiatorSocket& Bus::new_target(const std::string& target, PhysRange range,
                                      const std::optional<sc_core::sc_time>& latency) {
    const std::string module = std::string{basename()} + "_to_" + target;
    const size_t index = targets_.size();
    targets_.push_back(std::make_unique<TargetPort>(module.c_str()));
    map_.push_back({range, index, latency.value_or(config_.latency), nullptr});
    auto& socket = targets_.back()->socket;
    socket.register_invalidate_direct_mem_ptr(this, &Bus::invalidate_direct_mem_ptr, static_cast<int>(index));
    return socket;
}

/// The latest target is a memory with a time of its own.
void Bus::add_traffic(const std::string& target, BurstTarget& memory, CountedMemory& data) {
    const Picoseconds latency = picoseconds(config_.latency), request = latency / 2;
    const TargetConfig config{config_.contention->memory, config_.contention->arbitration, request,
                              latency - request};
    memories_.push_back(std::make_unique<TargetTraffic>(config, memory));
    memory_names_.push_back(target);
    map_.back().traffic = memories_.back().get();
    map_.back().data = &data;
    register_statistics(instruments_.statistics, std::string{name()} + ".to_" + target, *memories_.back());
}

/// The same for the latest target if it has its own time.
void Bus::add_port(const std::string& target) {
    ports_.push_back(std::make_unique<OnChipPort>(config_.contention->on_chip));
    map_.back().port = ports_.back().get();
    register_statistics(instruments_.statistics, std::string{name()} + ".to_" + target, *ports_.back());
}

std::vector<std::string> Bus::masters() const {
    std::vector<std::string> names;
    for (const auto& master : masters_) names.push_back(master->master());
    return names;
}

void Bus::watch_ports() {
    if (std::exchange(ports_watched_, true)) return;
    for (auto& port : masters_) {
        if (!port->traffic()) continue;
        for (const bool write : {false, true}) {
            const auto tell = [this, write, &master = port->master()](const PortGrant& g) {
                const auto at = std::find_if(memories_.begin(), memories_.end(),
                                             [&](const auto& memory) { return memory.get() == &g.to; });
                const auto& memory = memory_names_[static_cast<size_t>(at - memories_.begin())];
                port_used({master, memory, write, g.begin, g.end, g.bytes});
            };
            port->traffic()->channel(write).port_granted.attach(tell);
        }
    }
}

void Bus::end_of_elaboration() {
    std::sort(map_.begin(), map_.end(),
              [](const Route& a, const Route& b) { return a.range.base < b.range.base; });
    const auto meet = std::adjacent_find(
        map_.begin(), map_.end(), [](const Route& a, const Route& b) { return a.range.overlaps(b.range); });
    if (meet != map_.end()) throw std::logic_error{"bus: two targets overlap in the address map"};
    for (Route& route : map_) route.forward = targets_[route.target]->socket.operator->();
}

const Route* Bus::decode(PhysAddr address, uint64_t length) const {
    auto after = std::upper_bound(map_.begin(), map_.end(), address,
                                  [](PhysAddr a, const Route& d) { return a < d.range.base; });
    if (after == map_.begin()) return nullptr;
    const Route& route = *std::prev(after);
    return address.value + length <= route.range.end() ? &route : nullptr;
}

void Bus::invalidate_direct_mem_ptr(int target, sc_dt::uint64 first, sc_dt::uint64 last) {
    const auto is_target = [&](const Route& d) { return d.target == static_cast<size_t>(target); };
    const Route& route = *std::find_if(map_.begin(), map_.end(), is_target);
    const sc_dt::uint64 base = route.range.base.value;
    for (auto& master : masters_) {
        master->socket->invalidate_direct_mem_ptr(base + first,
                                                  base + std::min<sc_dt::uint64>(last, route.range.size - 1));
    }
}

}  // namespace exysim::interconnect
