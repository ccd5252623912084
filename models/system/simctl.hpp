#pragma once

#include <functional>
#include <span>
#include <string>

#include "models/base/probe.hpp"
#include "models/base/tlm/register_target.hpp"
#include "models/system/simctl_core.hpp"

namespace exysim::system {

/// The guest asks to end the run.
struct ExitRequest {
    uint32_t status;
    Picoseconds time;
};

/// An event record with its name resolved.
struct GuestEvent {
    EventRecord record;
    std::string name;
    Picoseconds time;
};

/// How event records are fetched: debug views, without simulated cost. Each returns false when the address is
/// not readable. Set by the board before the run; without them every record is malformed.
struct GuestMemory {
    std::function<bool(PhysAddr, std::span<uint8_t>)> physical;
    std::function<bool(VirtAddr, std::span<uint8_t>)> virtual_;  ///< the `cpu` view of the core that writes
};

struct SimctlConfig {
    GuestMemory memory;
};

/// The optional simulation channel at 0x13F0_0000. Facts: hardware page "simctl".
class Simctl : public RegisterTarget<SimctlCore> {
public:
    Probe<ExitRequest> exit;
    Probe<GuestEvent> event;

    Simctl(sc_core::sc_module_name name, const SimctlConfig& config, Instruments& instruments);

private:
    void before_access() override;
    void consume(PhysAddr record);
    std::optional<EventRecord> fetch(PhysAddr at) const;
    std::string fetch_name(VirtAddr at) const;

    GuestMemory memory_;
    GuestErrors& guest_errors_;
};

}  // namespace exysim::system
