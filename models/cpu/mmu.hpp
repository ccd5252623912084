// Virtual to physical: short-descriptor tables, domains, permissions, memory types.
// Source: ARM Architecture Reference Manual ARMv7-A, B3.3 to B3.8 and B3.13.
#pragma once

#include <cstdint>

#include "models/base/address.hpp"
#include "models/base/memory_port.hpp"
#include "models/cpu/system_registers.hpp"

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
};

/// The table walker and its checks. Holds no state: what is cached lives in the core's host tables.
class Mmu {
public:
    Mmu(const SystemRegisters& registers, MemoryPort& port) : regs_{registers}, port_{port} {}

    /// Mapping of `va` with every check for `access` done; `fault` says what failed.
    Mapping translate(VirtAddr va, Access access, bool privileged) const;
    /// Table walk alone: no domain and permission check.
    Mapping walk(VirtAddr va) const { return walk(va, false); }
    /// The same for debuggers: no side effect.
    Mapping peek(VirtAddr va) const { return walk(va, true); }

private:
    struct Descriptor {
        uint32_t bits = 0;
        bool ok = false;
    };
    Mapping walk(VirtAddr va, bool peeking) const;
    Descriptor read(uint32_t address, uint32_t ttbr, bool peeking) const;
    MemoryAttributes walk_attributes(uint32_t ttbr) const;
    Mapping flat(VirtAddr va) const;
    Mapping section(VirtAddr va, uint32_t entry) const;
    Mapping page(VirtAddr va, uint32_t first, uint32_t ttbr, bool peeking) const;
    void set_type(Mapping& m, uint32_t tex, bool c, bool b, bool s) const;
    void set_remapped_type(Mapping& m, uint32_t n, bool s) const;
    Fault check(const Mapping& m, Access access, bool privileged) const;
    bool permitted(const Mapping& m, Access access, bool privileged) const;

    const SystemRegisters& regs_;
    MemoryPort& port_;
};

}  // namespace exysim::cpu
