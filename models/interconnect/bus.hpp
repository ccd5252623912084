// The machine's crossbar: decodes addresses, adds a latency, counts what each master moved and, if asked to,
// lets masters wait for each other at memories.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

#include "models/base/address.hpp"
#include "models/base/burst_bus.hpp"
#include "models/base/burst_target.hpp"
#include "models/base/counted_memory.hpp"
#include "models/base/guest_errors.hpp"
#include "models/base/memory_port.hpp"
#include "models/base/probe.hpp"
#include "models/base/statistics.hpp"
#include "models/interconnect/config.hpp"

namespace exysim::interconnect {

struct BusConfig {
    /// Request and response through the crossbar, for targets that do not say otherwise.
    /// Assumed: 20 ns, four cycles of the 200 MHz left and right buses.
    sc_core::sc_time latency{20, sc_core::SC_NS};
    /// Ports, limits and arbitration; without it every master sees an idle bus.
    std::optional<ContentionConfig> contention{};
};

class OnChipPort;
class TargetTraffic;

/// Data that a master has moved from or to a target; valid during the call.
struct BusTransfer {
    const std::string& master;
    Direction direction;
    PhysAddr address;
    std::span<const uint8_t> data;
};

/// A master's burst has a memory's port, in mode `timing`. Bursts of one memory and direction follow one
/// another; they are told of when they are decided, which is about in order of time.
struct PortUse {
    const std::string &master, &memory;
    bool write;
    Picoseconds begin, end;
    uint32_t bytes;
};

/// One row of the address map.
struct Route {
    PhysRange range;
    size_t target;  ///< index in order of add_target()
    sc_core::sc_time latency;
    TargetTraffic* traffic = nullptr;               ///< of a memory whose time is booked by the bus
    CountedMemory* data = nullptr;                  ///< of such a memory
    OnChipPort* port = nullptr;                     ///< of a memory that only its own masters keep busy
    tlm::tlm_fw_transport_if<>* forward = nullptr;  ///< the target itself, known once elaborated
};

class MasterPort;
class TargetPort;

/// Address-decoding interconnect. Masters and targets are added at elaboration, in any order.
/// A target sees addresses counted from its range's base; the initiator finds its address unchanged
/// afterwards. An access outside every range, or across the end of one, gets TLM_ADDRESS_ERROR_RESPONSE and
/// is a guest error. Statistics: `<bus>.<master>.{read_bytes,write_bytes,reads,writes,errors,decode_errors}`.
///
/// With contention, bursts to memories added by add_memory() are timed by traffic.hpp: the data move at once,
/// the time is the master's limits, the arbiters and the memory. A master that defers (see Burst) may have as
/// many bursts in flight as its port allows. Registers are accessed at true time and never wait for each
/// other; memories added by add_on_chip_memory() keep their time, and a transfer waits for the beats of
/// others'. Statistics then also: `<bus>.<master>.{read,write}.*`, `<bus>.to_<memory>.{read,write}.*`,
/// `<bus>.to_<on-chip memory>.{waited,busy}`.
class Bus : public sc_core::sc_module {
public:
    Bus(sc_core::sc_module_name name, const BusConfig& config, Instruments& instruments);
    ~Bus() override;

    /// `settings`: under which name the configuration has its port, if not its own.
    /// Returns the master's way for bursts without a payload, which it need not use.
    template <class Socket>
    BurstBus& add_master(const std::string& master, Socket& initiator, const std::string& settings = {}) {
        const NewMaster made = new_master(master, settings.empty() ? master : settings);
        initiator.bind(made.socket);
        return made.bursts;
    }
    /// `range` must not overlap another target's (checked when simulation starts).
    /// `latency`: request and response to this target in place of the bus's default.
    template <class Socket>
    void add_target(const std::string& target, PhysRange range, Socket& socket,
                    const std::optional<sc_core::sc_time>& latency = {}) {
        new_target(target, range, latency).bind(socket);
    }
    /// A target of which `memory`, a MemoryTarget and BurstTarget, says the time; its socket must then take
    /// none (DramConfig::timed_by_bus).
    template <class Socket, class Memory>
    void add_memory(const std::string& target, PhysRange range, Socket& socket, Memory& memory) {
        new_target(target, range, {}).bind(socket);
        if (config_.contention) add_traffic(target, memory, memory.data());
    }

    /// A memory with a time of its own, where masters wait for each other's beats.
    template <class Socket>
    void add_on_chip_memory(const std::string& target, PhysRange range, Socket& socket) {
        add_target(target, range, socket);
        if (config_.contention) add_port(target);
    }

    /// The row that holds [address, address + length), or nothing. Valid once elaborated.
    const Route* decode(PhysAddr address, uint64_t length) const;
    const sc_core::sc_time& latency() const { return config_.latency; }

    Probe<BusTransfer> transferred;
    Probe<PortUse> port_used;  ///< see watch_ports()
    /// From now on bursts are told of, to all who attach; never without contention.
    void watch_ports();
    bool contended() const { return config_.contention.has_value(); }
    /// Their names, in order of addition.
    std::vector<std::string> masters() const;
    /// Those of the memories whose ports masters wait for.
    const std::vector<std::string>& memories() const { return memory_names_; }

private:
    void end_of_elaboration() override;
    using TargetSocket = tlm_utils::simple_target_socket<MasterPort>;
    using InitiatorSocket = tlm_utils::simple_initiator_socket_tagged<Bus>;

    struct NewMaster {
        TargetSocket& socket;
        BurstBus& bursts;
    };
    NewMaster new_master(const std::string& master, const std::string& settings);
    void add_traffic(const std::string& target, BurstTarget& memory, CountedMemory& data);
    void add_port(const std::string& target);
    InitiatorSocket& new_target(const std::string& target, PhysRange range,
                                const std::optional<sc_core::sc_time>& latency);
    void invalidate_direct_mem_ptr(int target, sc_dt::uint64 first, sc_dt::uint64 last);

    BusConfig config_;
    Instruments& instruments_;
    std::vector<std::unique_ptr<MasterPort>> masters_;
    std::vector<std::unique_ptr<TargetPort>> targets_;
    std::vector<std::unique_ptr<TargetTraffic>> memories_;
    std::vector<std::string> memory_names_;
    bool ports_watched_ = false;
    std::vector<std::unique_ptr<OnChipPort>> ports_;
    std::vector<Route> map_;  // sorted by base once elaborated
};

}  // namespace exysim::interconnect
