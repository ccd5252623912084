// What a translation says: the result of a table walk, kept by the TLBs and checked at each use.
// Source: ARM Architecture Reference Manual ARMv7-A, B3.3 to B3.8 and B3.13.
#pragma once

#include <cstdint>

#include "models/base/address.hpp"
#include "models/base/memory_port.hpp"

namespace exysim::cpu {

enum class Access : uint8_t { read, write, fetch };

/// Fault status, FS[4:0] of DFSR and IFSR.
enum class Fault : uint8_t {
    none = 0,
    alignment = 0b00001,
    debug = 0b00010,
    access_flag_section = 0b00011,
    access_flag_page = 0b00110,
    translation_section = 0b00101,
    translation_page = 0b00111,
    external = 0b01000,
    domain_section = 0b01001,
    domain_page = 0b01011,
    walk_external_first = 0b01100,
    permission_section = 0b01101,
    walk_external_second = 0b01110,
    permission_page = 0b01111,
};

/// Where a virtual address lies, before permissions.
struct Mapping {
    PhysAddr pa;
    Fault fault = Fault::none;
    MemoryType type = MemoryType::normal;
    bool shareable = false;
    bool outer_shareable = false;  ///< known only with TEX remap: PRRR.NOS is clear
    uint8_t inner = 0, outer = 0;  ///< CachePolicy
    uint8_t domain = 0;
    uint8_t ap = 0;  ///< APX:AP, three bits
    bool execute_never = false;
    bool global = true;
    bool page = false;       ///< mapped by a second-level entry
    uint8_t size_log2 = 12;  ///< 12, 16, 20 or 24; 32 with the MMU off

    /// Physical address of `va`, which the mapping covers.
    PhysAddr address(VirtAddr va) const {
        const uint32_t offset = (1U << size_log2) - 1;
        return PhysAddr{(pa.value & ~offset) | (va.value & offset)};
    }
    /// The same mapping as another address inside it sees it.
    Mapping at(VirtAddr va) const {
        Mapping m = *this;
        m.pa = address(va);
        return m;
    }
};

}  // namespace exysim::cpu
