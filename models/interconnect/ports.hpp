// The two ends of the bus. Each is a module of its own, because a socket has to live in one.
#pragma once

#include <string>

#include "models/base/burst_bus.hpp"
#include "models/base/tlm/burst.hpp"
#include "models/interconnect/bus.hpp"
#include "models/interconnect/traffic.hpp"

namespace exysim::interconnect {

/// What one master sees: routes its transactions and counts them.
class MasterPort final : public sc_core::sc_module, public BurstBus {
public:
    tlm_utils::simple_target_socket<MasterPort> socket{"socket"};

    /// `prefix` starts the names of the master's statistics; `contended`: its limits, null without
    /// contention.
    MasterPort(sc_core::sc_module_name name, const Bus& bus, const std::string& prefix, uint32_t number,
               const MasterConfig* contended, Instruments& instruments);

    const std::string& master() const { return master_; }
    MasterTraffic* traffic() { return traffic_.get(); }  ///< null without contention
    Finished burst(BurstKind kind, PhysAddr address, std::span<uint8_t> data, Picoseconds at) override;

private:
    struct Traffic {
        Counter& transactions;
        Counter& bytes;
    };

    void b_transport(tlm::tlm_generic_payload& tx, sc_core::sc_time& delay);
    unsigned transport_dbg(tlm::tlm_generic_payload& tx);
    bool get_direct_mem_ptr(tlm::tlm_generic_payload& tx, tlm::tlm_dmi& dmi);

    const Route* route(uint64_t address, uint64_t length);
    const Route* route(const tlm::tlm_generic_payload& tx) {
        return route(tx.get_address(), tx.get_data_length());
    }
    void refuse(tlm::tlm_generic_payload& tx, sc_core::sc_time& delay);
    void count(Direction direction, size_t bytes);
    Finished any_burst(BurstKind kind, PhysAddr address, std::span<uint8_t> data, Picoseconds at);
    bool move(const Route& to, Direction direction, PhysAddr address, std::span<uint8_t> data);
    Finished book(const Route& to, BurstKind kind, PhysAddr address, std::span<const uint8_t> data,
                  Picoseconds at);
    void tell(Direction direction, PhysAddr address, std::span<const uint8_t> data) const;
    void pass_on(const Route& to, tlm::tlm_generic_payload& tx, sc_core::sc_time& delay);
    sc_core::sc_time wait_for_port(const Route& to, const tlm::tlm_generic_payload& tx,
                                   const sc_core::sc_time& delay) const;
    void timed_transport(const Route& to, tlm::tlm_generic_payload& tx, sc_core::sc_time& delay);
    bool move_data(const Route& to, tlm::tlm_generic_payload& tx, bool wrap);
    bool move_past_socket(const Route& to, tlm::tlm_generic_payload& tx);
    bool move_wrapped(const Route& to, tlm::tlm_generic_payload& tx);

    const Bus& bus_;
    GuestErrors& guest_errors_;
    std::string bus_name_, master_;
    const Route* last_ = nullptr;  // masters stay with a target for long
    Traffic reads_, writes_;
    Counter &errors_, &decode_errors_;
    std::unique_ptr<MasterTraffic> traffic_;  // null without contention
    uint32_t beat_ = 0;                       // bytes of its port, with contention
    tlm::tlm_generic_payload burst_;          // of a burst that came without one and needs one
};

/// The bus's socket towards one target.
class TargetPort : public sc_core::sc_module {
public:
    tlm_utils::simple_initiator_socket_tagged<Bus> socket{"socket"};
    explicit TargetPort(sc_core::sc_module_name name) : sc_module{name} {}
};

}  // namespace exysim::interconnect
