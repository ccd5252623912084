// The programmer's registers: general, status and floating point, with the banked copies of the other modes.
// Source: ARM Architecture Reference Manual ARMv7-A (ARM DDI 0406), B1.3.
#pragma once

#include <array>
#include <cstdint>

namespace exysim::cpu {

enum class Mode : uint8_t {
    user = 0x10,
    fiq = 0x11,
    irq = 0x12,
    supervisor = 0x13,
    monitor = 0x16,
    abort = 0x17,
    undefined = 0x1B,
    system = 0x1F,
};

/// Bits of CPSR and SPSR.
namespace psr {
inline constexpr uint32_t kN = 1U << 31, kZ = 1U << 30, kC = 1U << 29, kV = 1U << 28, kQ = 1U << 27;
inline constexpr uint32_t kJ = 1U << 24, kGe = 0xFU << 16, kE = 1U << 9, kA = 1U << 8, kI = 1U << 7;
inline constexpr uint32_t kF = 1U << 6, kT = 1U << 5, kMode = 0x1F, kIt = 0x0600'FC00;
}  // namespace psr

/// True for the eight values of CPSR.M that name a mode of this core.
constexpr bool is_mode(uint32_t m) {
    return m == 0x10 || m == 0x11 || m == 0x12 || m == 0x13 || m == 0x16 || m == 0x17 || m == 0x1B ||
           m == 0x1F;
}

inline constexpr uint8_t kScratch = 16;  // index in Registers::r

/// Floating-point registers. S(2n) and S(2n+1) are the low and high half of D(n).
struct VfpRegisters {
    std::array<uint64_t, 32> d{};
    uint32_t fpscr = 0;
    uint32_t fpexc = 0;
};

/// Registers of the current mode, flags in the form handlers use them, banks of the other modes.
/// Inside a block r[15], `thumb` and `it` are stale; they are right whenever no block is running.
struct Registers {
    std::array<uint32_t, 18> r{};  ///< r0-r15, then two scratch values for operations of one instruction
    // Flags: N is bit 31 of nf; Z is set when zf is zero; C is bit 0 of cf (which is 0 or 1); V is bit 31 of
    // vf.
    uint32_t nf = 0, zf = 1, cf = 0, vf = 0;
    uint32_t q = 0;        ///< 0 or 1, sticky
    uint32_t ge = 0;       ///< four bits
    uint32_t control = 0;  ///< CPSR.M, F, I, A, E at their places
    bool thumb = false;
    uint8_t it = 0;            ///< ITSTATE
    bool secure = true;        ///< the security state; Non-secure software cannot enter monitor mode
    uint32_t fixed_masks = 0;  ///< CPSR.A and F where SCR.AW and FW keep Non-secure software from them
    VfpRegisters vfp;

    Mode mode() const { return static_cast<Mode>(control & psr::kMode); }
    bool privileged() const { return mode() != Mode::user; }
    bool has_spsr() const { return mode() != Mode::user && mode() != Mode::system; }

    void set_nz(uint32_t result) { nf = zf = result; }
    uint32_t nzcv() const;
    void set_nzcv(uint32_t bits31_28);

    /// The whole CPSR, execution state included.
    uint32_t cpsr() const;
    /// Writes the whole CPSR with its banking; a reserved mode leaves the mode as it was.
    void set_cpsr(uint32_t value);
    void change_mode(uint32_t mode_bits);
    /// SPSR of the current mode; zero and ignored in user and system mode.
    uint32_t spsr() const;
    void set_spsr(uint32_t value);

    /// r8-r14 as user mode sees them, for LDM/STM with ^ and debuggers.
    uint32_t user(unsigned n) const;
    void set_user(unsigned n, uint32_t value);
    /// SP or LR of any mode, for SRS.
    uint32_t banked_sp(Mode m) const;
    void set_banked_sp(Mode m, uint32_t value);

private:
    // Banks by index(): user/system, fiq, irq, supervisor, monitor, abort, undefined.
    static unsigned index(Mode m);
    std::array<std::array<uint32_t, 2>, 7> sp_lr_{};
    std::array<uint32_t, 7> spsr_{};
    std::array<std::array<uint32_t, 5>, 2> r8_12_{};  // others, fiq
};

}  // namespace exysim::cpu
