// The system control coprocessor (CP15) and the few CP14 registers Linux touches: storage, and one row a
// register. Source: ARM Architecture Reference Manual ARMv7-A, B4; Cortex-A9 Technical Reference Manual,
// chapter 4.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace exysim::cpu {

struct Core;

namespace sctlr {
inline constexpr uint32_t kM = 1U << 0, kA = 1U << 1, kC = 1U << 2, kSw = 1U << 10, kZ = 1U << 11,
                          kI = 1U << 12;
inline constexpr uint32_t kV = 1U << 13, kEe = 1U << 25, kTre = 1U << 28, kAfe = 1U << 29, kTe = 1U << 30;
}  // namespace sctlr

namespace scr {
inline constexpr uint32_t kNs = 1U << 0, kIrq = 1U << 1, kFiq = 1U << 2, kEa = 1U << 3, kFw = 1U << 4,
                          kAw = 1U << 5;
}  // namespace scr

namespace cpacr {
inline constexpr uint32_t kD32dis = 1U << 30, kAsedis = 1U << 31;
}  // namespace cpacr

namespace nsacr {
inline constexpr uint32_t kFloatingPoint = 3U << 10, kNsD32dis = 1U << 14, kNsAsedis = 1U << 15,
                          kNsSmp = 1U << 18;
}  // namespace nsacr

/// Registers that each security state has a copy of (ARM ARM B3.15.3).
struct BankedRegisters {
    uint32_t sctlr = 0x00C5'0078;
    uint32_t ttbr0 = 0, ttbr1 = 0, ttbcr = 0, dacr = 0;
    uint32_t dfsr = 0, ifsr = 0, adfsr = 0, aifsr = 0, dfar = 0, ifar = 0;
    uint32_t par = 0;
    uint32_t prrr = 0x0009'8AA4, nmrr = 0x44E0'48E0;  // reset values of the architecture's example
    uint32_t vbar = 0;
    uint32_t fcseidr = 0, contextidr = 0, tpidrurw = 0, tpidruro = 0, tpidrprw = 0;
    uint32_t csselr = 0;
};

/// What software has written, under the manual's names. The base is the present security state's copy.
struct SystemRegisters : BankedRegisters {
    BankedRegisters other;  ///< the other security state's
    uint32_t actlr = 0, cpacr = 0;
    uint32_t scr = 0, sder = 0, nsacr = 0, mvbar = 0;
    uint32_t power_control = 0, diagnostic = 0, power_diagnostic = 0;
    uint32_t teecr = 0, teehbr = 0;
    // Performance monitors
    uint32_t pmcr = 0x4109'3000, pmcnten = 0, pmovsr = 0, pmselr = 0, pmuserenr = 0, pminten = 0;
    static constexpr unsigned kPmuCounters = 7;  ///< six for events, then the cycle counter
    std::array<uint8_t, 6> pmxevtyper{};
    std::array<uint32_t, kPmuCounters> pmu_value{};  ///< when last settled
    std::array<uint64_t, kPmuCounters> pmu_base{};   ///< what the source showed then

    uint32_t asid() const { return contextidr & 0xFF; }
};

/// Who may use a register.
enum class Who : uint8_t {
    privileged,
    user_reads,
    user,
    user_if_pmu,      ///< PMUSERENR.EN
    user_if_thumbee,  ///< TEECR.XED clear
    secure,           ///< privileged, and UNDEFINED in Non-secure state
    secure_writes,    ///< privileged, and written in Secure state only
};

/// One register or operation. A missing function makes that direction UNDEFINED.
struct SystemRegister {
    const char* name;
    uint8_t coprocessor, opc1, crn, crm, opc2;
    uint32_t (*read)(Core&);
    void (*write)(Core&, uint32_t value);
    Who who = Who::privileged;
};

std::span<const SystemRegister> system_register_rows();

/// Index of the row for an MRC/MCR, or -1: UNDEFINED.
int find_system_register(uint32_t coprocessor, uint32_t opc1, uint32_t crn, uint32_t crm, uint32_t opc2);

}  // namespace exysim::cpu
