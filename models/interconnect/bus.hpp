// The machine's crossbar in its simple form: decodes addresses, adds a fixed latency, counts what each master
// moved. No contention yet: every master sees an idle bus.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

#include "models/base/address.hpp"
#include "models/base/guest_errors.hpp"
#include "models/base/statistics.hpp"

namespace exysim::interconnect {

struct BusConfig {
    /// Request and response through the crossbar, for targets that do not say otherwise.
    /// Assumed: 20 ns, four cycles of the 200 MHz left and right buses.
    sc_core::sc_time latency{20, sc_core::SC_NS};
};

/// One row of the address map.
struct Route {
    PhysRange range;
    size_t target;  ///< index in order of add_target()
    sc_core::sc_time latency;
    tlm::tlm_fw_transport_if<>* forward = nullptr;  ///< the target itself, known once elaborated
};

class MasterPort;
class TargetPort;

/// Address-decoding interconnect. Masters and targets are added at elaboration, in any order.
/// A target sees addresses counted from its range's base; the initiator finds its address unchanged
/// afterwards. An access outside every range, or across the end of one, gets TLM_ADDRESS_ERROR_RESPONSE and
/// is a guest error. Statistics: `<bus>.<master>.{read_bytes,write_bytes,reads,writes,errors}`.
class Bus : public sc_core::sc_module {
public:
    Bus(sc_core::sc_module_name name, const BusConfig& config, Instruments& instruments);
    ~Bus() override;

    template <class Socket>
    void add_master(const std::string& master, Socket& initiator) {
        initiator.bind(new_master(master));
    }
    /// `range` must not overlap another target's (checked when simulation starts).
    /// `latency`: request and response to this target in place of the bus's default.
    template <class Socket>
    void add_target(const std::string& target, PhysRange range, Socket& socket,
                    const std::optional<sc_core::sc_time>& latency = {}) {
        new_target(target, range, latency).bind(socket);
    }

    /// The row that holds [address, address + length), or nothing. Valid once elaborated.
    const Route* decode(PhysAddr address, uint64_t length) const;

private:
    void end_of_elaboration() override;
    using TargetSocket = tlm_utils::simple_target_socket<MasterPort>;
    using InitiatorSocket = tlm_utils::simple_initiator_socket_tagged<Bus>;

    TargetSocket& new_master(const std::string& master);
    InitiatorSocket& new_target(const std::string& target, PhysRange range,
                                const std::optional<sc_core::sc_time>& latency);
    void invalidate_direct_mem_ptr(int target, sc_dt::uint64 first, sc_dt::uint64 last);

    BusConfig config_;
    Instruments& instruments_;
    std::vector<std::unique_ptr<MasterPort>> masters_;
    std::vector<std::unique_ptr<TargetPort>> targets_;
    std::vector<Route> map_;  // sorted by base once elaborated
};

}  // namespace exysim::interconnect
