// SysMMU shell: register bus, masters on one side, memory on the other.
#pragma once

#include <tlm_utils/multi_passthrough_target_socket.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <optional>
#include <string>
#include <vector>

#include "models/base/probe.hpp"
#include "models/base/statistics.hpp"
#include "models/base/tlm/register_target.hpp"
#include "models/iommu/sysmmu_core.hpp"

namespace exysim::iommu {

/// A master's request has faulted and now waits for software.
struct FaultEvent {
    Fault fault;
    Direction direction;
    PhysAddr table;
    Picoseconds time;
};

/// A page of a request has been translated, by the TLB or by a walk, and will now be transferred.
struct Translated {
    Iova iova;
    PhysAddr address;
    Direction direction;
    uint32_t size;  ///< bytes, within a page
};

/// A walk has read an entry of a table.
struct EntryRead {
    PhysAddr address;
    uint32_t value;
};

/// Without masters both sockets may stay unbound: the registers are there all the same.
/// Translates what masters ask at `device` and passes it on at `memory`. Transfers are split at 4 KiB pages.
/// A request that faults or finds the unit blocked or without clock waits inside b_transport, so masters call
/// from threads; one that still waits on a fault when software disables the unit, and any without power or
/// of a master that is reset, gets an error response.
/// Statistics: `<name>.tlb.{hits,misses,flushes,hit_rate,second_level_hits,prefetch_hits}`,
/// `<name>.{faults,walk_reads,walk_time,walk_first_level_hits,stall_time}`.
class SysMmu : public RegisterTarget<SysMmuCore> {
public:
    tlm_utils::multi_passthrough_target_socket<SysMmu, 32, tlm::tlm_base_protocol_types, 0,
                                               sc_core::SC_ZERO_OR_MORE_BOUND>
        device{"device"};
    tlm_utils::simple_initiator_socket_optional<SysMmu> memory{"memory"};
    sc_core::sc_out<bool> irq{"irq"};
    Probe<FaultEvent> fault;
    Probe<Translated> translated;
    Probe<EntryRead> entry_read;

    SysMmu(const sc_core::sc_module_name& name, const SysMmuConfig& config, Instruments& instruments);

    /// The master at the `port`-th binding of `device` was reset: its request that waits here, if there is
    /// one, ends with an error. A fault stays until software has dealt with it.
    void release(size_t port);
    /// The debug view `iova(dev)`: where `at` leads now, without side effects; nothing if it faults.
    std::optional<PhysAddr> translate_dbg(Iova at);
    /// Where the tables in memory lead, whatever is cached; without side effects.
    std::optional<PhysAddr> by_tables_dbg(Iova at);

private:
    void before_access() override;
    void update() override;

    void translated_transport(int master, tlm::tlm_generic_payload& tx, sc_core::sc_time& delay);
    unsigned translated_debug(int master, tlm::tlm_generic_payload& tx);
    bool transfer_page(size_t port, tlm::tlm_generic_payload& tx, sc_core::sc_time& delay);
    std::optional<PhysAddr> translate(size_t port, Iova at, Direction direction, sc_core::sc_time& delay);
    void raise(const Fault& found, Direction direction);
    bool wait_while_closed(size_t port, sc_core::sc_time& delay);
    std::optional<uint32_t> read_entry(PhysAddr at, sc_core::sc_time& delay);
    std::optional<uint32_t> peek_entry(PhysAddr at);
    void register_statistics(Statistics& statistics);

    sc_core::sc_event changed_;       // a register access may have let waiting requests go on
    std::vector<uint64_t> releases_;  // by port
    uint32_t in_flight_ = 0;
    sc_core::sc_time drained_at_;  // end of the last burst booked so far
    Counter& walk_reads_;
    Counter& walk_time_;
    Counter& stall_time_;
};

}  // namespace exysim::iommu
