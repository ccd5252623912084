// PL330 shell: register bus, memory port, interrupt, and the thread that executes.
#pragma once

#include <string>

#include "models/base/clock.hpp"
#include "models/base/statistics.hpp"
#include "models/base/tlm/dma_port.hpp"
#include "models/base/tlm/register_target.hpp"
#include "models/system/pl330_core.hpp"

namespace exysim::system {

struct Pl330Config {
    Pl330Shape shape;
    uint64_t clock_hz = 200'000'000;           ///< an instruction a period. Assumed: ACLK_200
    sc_core::sc_time skew{1, sc_core::SC_US};  ///< how far DMA may be booked ahead of SystemC time
};

/// Accesses follow one another: a store begins when its data are there. [Assumed: no overlap]
/// Statistics: `<name>.{instructions,bus_errors}`.
class Pl330 : public RegisterTarget<Pl330Core>, private Pl330Memory {
public:
    DmaPort dma;
    sc_core::sc_out<bool> irq{"irq"};

    Pl330(const sc_core::sc_module_name& name, const Pl330Config& config, Instruments& instruments);

private:
    SC_HAS_PROCESS(Pl330);
    void update() override;
    bool read(Iova at, std::span<uint8_t> into) override;
    bool write(Iova at, std::span<const uint8_t> from) override;
    void run();

    Pl330Config config_;
    sc_core::sc_event changed_;
    Counter& bus_errors_;
};

}  // namespace exysim::system
