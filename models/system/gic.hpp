#pragma once

#include <tlm_utils/simple_target_socket.h>

#include "models/base/guest_errors.hpp"
#include "models/base/probe.hpp"
#include "models/base/tlm/lines.hpp"
#include "models/system/gic_core.hpp"

namespace exysim::system {

struct GicConfig {
    uint32_t cores = 1;        ///< 1 to 4
    uint32_t stride = 0x8000;  ///< bytes between two cores' views: Exynos4210 0x8000, Exynos4412 0x4000
};

/// A core has acknowledged an interrupt (read IAR) or ended it (written EOIR).
struct InterruptEvent {
    enum class What : uint8_t { taken, ended };
    What what;
    uint32_t core, id;
    Picoseconds time;
};

/// The external interrupt controller: distributor at 0x1049_0000, CPU interfaces at 0x1048_0000. Both sockets
/// take offsets of the whole region (0x10000 bytes); the stride they fall into names the core.
class Gic : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<Gic> distributor{"distributor"};
    tlm_utils::simple_target_socket<Gic> cpu_interface{"cpu_interface"};
    sc_core::sc_vector<LineIn> spi;                 ///< spi[n] is interrupt 32 + n; may stay unconnected
    sc_core::sc_vector<LineIn> ppi;                 ///< ppi[16 * core + n] is interrupt 16 + n of that core
    sc_core::sc_vector<sc_core::sc_out<bool>> irq;  ///< one a core
    Probe<InterruptEvent> interrupt;

    Gic(sc_core::sc_module_name name, const GicConfig& config, Instruments& instruments);

    const GicCore& core() const { return core_; }

private:
    struct View {
        uint32_t core, offset;
    };
    SC_HAS_PROCESS(Gic);

    void end_of_elaboration() override;
    void access_distributor(tlm::tlm_generic_payload& tx, sc_core::sc_time& delay);
    void access_cpu_interface(tlm::tlm_generic_payload& tx, sc_core::sc_time& delay);
    unsigned debug_distributor(tlm::tlm_generic_payload& tx);
    unsigned debug_cpu_interface(tlm::tlm_generic_payload& tx);
    void set_line(uint32_t id, uint32_t core, bool level);
    void access_view(RegisterBank* bank, uint32_t offset, tlm::tlm_generic_payload& tx);
    static unsigned debug_view(const RegisterBank* bank, uint32_t offset, tlm::tlm_generic_payload& tx);
    View view(const tlm::tlm_generic_payload& tx) const;
    void update();

    GicConfig config_;
    GicCore core_;
    sc_core::sc_event changed_;
};

}  // namespace exysim::system
