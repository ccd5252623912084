#pragma once

#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <vector>

#include "models/base/address.hpp"
#include "models/base/guest_errors.hpp"

namespace exysim::system {

/// Where the cores other than the first wait, and what they look at.
struct BootRomConfig {
    PhysAddr gic_cpu_interface;  ///< of core 0
    uint32_t gic_stride = 0;     ///< bytes from one core's interface to the next
    PhysAddr boot_word;          ///< entry address, zero until software writes it
    uint32_t boot_word_stride = 0;
    sc_core::sc_time latency{50, sc_core::SC_NS};  ///< Assumed
};

/// The boot ROM (iROM) at address 0, 64 KiB: the holding pen of secondary cores and nothing else; the first
/// core starts at its image. The pen opens the core's GIC interface, sleeps in WFI, and on each interrupt
/// looks at the boot word; a value that is not zero is where it jumps, MMU off. Exception vectors hold an
/// undefined instruction, so that a stray exception ends in a lock-up that is reported. Facts: hardware page
/// "CPU subsystem" section 11. Assumed: the vectors, the program's own place.
class BootRom : public sc_core::sc_module {
public:
    static constexpr uint32_t kBytes = 0x1'0000;
    static constexpr uint32_t kPen = 0x40;  ///< where a secondary core begins

    tlm_utils::simple_target_socket<BootRom> socket{"socket"};

    BootRom(sc_core::sc_module_name name, const BootRomConfig& config, Instruments& instruments);

private:
    void b_transport(tlm::tlm_generic_payload& tx, sc_core::sc_time& delay);
    unsigned transport_dbg(tlm::tlm_generic_payload& tx);
    bool get_direct_mem_ptr(tlm::tlm_generic_payload& tx, tlm::tlm_dmi& dmi);

    sc_core::sc_time latency_;
    GuestErrors& guest_errors_;
    std::vector<uint8_t> bytes_;
};

/// The ROM's contents as words from address 0.
std::vector<uint32_t> boot_rom_words(const BootRomConfig& config);

}  // namespace exysim::system
