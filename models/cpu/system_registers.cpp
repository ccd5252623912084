#include "models/cpu/system_registers.hpp"

#include <array>

#include "models/cpu/core.hpp"
#include "models/cpu/exclusive_monitors.hpp"
#include "models/cpu/performance_monitor.hpp"

namespace exysim::cpu {

namespace {

using S = SystemRegisters;

template <auto kMember>
uint32_t get(Core& core) {
    return core.system.*kMember;
}
template <auto kMember, uint32_t kWritable = 0xFFFF'FFFF>
void set(Core& core, uint32_t value) {
    core.system.*kMember = (core.system.*kMember & ~kWritable) | (value & kWritable);
}
/// set(), and everything decided with the old value is forgotten.
template <auto kMember, uint32_t kWritable = 0xFFFF'FFFF>
void set_translation(Core& core, uint32_t value) {
    set<kMember, kWritable>(core, value);
    core.drop_decisions();
}
void set_ttbr0(Core& core, uint32_t value) {
    core.system.ttbr0 = value;
    core.change_address_space();
}
template <uint32_t kValue>
uint32_t constant(Core&) {
    return kValue;
}
void ignore(Core&, uint32_t) {}

// --- identification
uint32_t midr(Core& core) { return core.config.midr; }
uint32_t mpidr(Core& core) { return core.config.mpidr | core.config.index; }
uint32_t ccsidr(Core& core) {
    const uint32_t select = core.system.csselr;
    return select == 0 ? 0x701F'E019 : select == 1 ? 0x201F'E019 : 0;
}
uint32_t cbar(Core& core) { return core.config.periphbase; }

// --- control
void set_sctlr(Core& core, uint32_t value) {
    constexpr uint32_t kWritable = sctlr::kM | sctlr::kA | sctlr::kC | sctlr::kSw | sctlr::kZ | sctlr::kI |
                                   sctlr::kV | sctlr::kEe | sctlr::kTre | sctlr::kAfe | sctlr::kTe | 1U << 14;
    set<&S::sctlr, kWritable>(core, value);
    core.drop_decisions();
}
/// Bits that software of the present state finds writable: NSACR rules what Non-secure software gets of the
/// floating-point unit.
uint32_t writable_cpacr(const Core& core) {
    constexpr uint32_t kFloatingPoint = 0x00F0'0000;
    const uint32_t all = kFloatingPoint | cpacr::kD32dis | cpacr::kAsedis;
    if (core.secure) return all;
    const uint32_t rights = core.system.nsacr;
    return ((rights & nsacr::kFloatingPoint) == nsacr::kFloatingPoint ? kFloatingPoint : 0) |
           ((rights & nsacr::kNsD32dis) != 0 ? 0 : cpacr::kD32dis) |
           ((rights & nsacr::kNsAsedis) != 0 ? 0 : cpacr::kAsedis);
}
/// Fields that NSACR denies read as zero, disabling bits that it forces as one.
uint32_t get_cpacr(Core& core) {
    const uint32_t rights = core.system.nsacr;
    const uint32_t forced =
        core.secure ? 0 : (rights & nsacr::kNsD32dis) << 16 | (rights & nsacr::kNsAsedis) << 16;
    return (core.system.cpacr & writable_cpacr(core)) | forced;
}
void set_cpacr(Core& core, uint32_t value) {
    const uint32_t mask = writable_cpacr(core);
    core.system.cpacr = (core.system.cpacr & ~mask) | (value & mask);
}
void set_scr(Core& core, uint32_t value) {
    set<&S::scr, 0x3F>(core, value);
    core.update_security();
}
/// Non-secure software has the SMP bit if NSACR lets it, and nothing else (Cortex-A9 TRM 4.3.10).
void set_actlr(Core& core, uint32_t value) {
    constexpr uint32_t kWritable = 0x3CF, kSmp = 1U << 6;
    const uint32_t allowed = core.secure ? kWritable : (core.system.nsacr & nsacr::kNsSmp) != 0 ? kSmp : 0;
    core.system.actlr = (core.system.actlr & ~allowed) | (value & allowed);
}
void set_contextidr(Core& core, uint32_t value) {
    core.system.contextidr = value;
    ++core.events.context_writes;
    core.change_address_space();
}
uint32_t isr(Core& core) { return core.interrupt_status(); }

// --- caches: the port behind the core does the work
template <Maintenance kOperation>
void by_address(Core& core, uint32_t va) {
    core.maintain(kOperation, va);
}
template <Maintenance kOperation>
void by_set_way(Core& core, uint32_t operand) {
    core.port.maintain_set_way(kOperation, operand);
}
template <bool kInAllCores>
void instruction_all(Core& core, uint32_t) {
    core.invalidate_all_code(kInAllCores);
}
void instruction_by_address(Core& core, uint32_t va) { core.invalidate_code(va); }
template <Barrier kBarrier>
void barrier(Core& core, uint32_t) {
    core.port.barrier(kBarrier);
}
constexpr auto kInvalidate = Maintenance::invalidate, kClean = Maintenance::clean,
               kCleanInvalidate = Maintenance::clean_invalidate;

// --- TLB
void tlb_all(Core& core, uint32_t) { core.drop_translations(); }
void tlb_by_asid(Core& core, uint32_t asid) { core.drop_translations_of(asid & 0xFF); }
void tlb_by_address(Core& core, uint32_t operand) { core.drop_translation(operand); }
void tlb_by_address_any(Core& core, uint32_t va) { core.drop_translation_of_any_asid(va); }
/// The same in every core of the inner shareable domain.
template <void (*kOperation)(Core&, uint32_t)>
void shared(Core& core, uint32_t operand) {
    core.monitors->broadcast(core, [operand](Core& c) { kOperation(c, operand); });
}

// --- address translation
template <Access kAccess, bool kPrivileged>
void translate(Core& core, uint32_t va) {
    const Mapping m = core.mmu.translate(VirtAddr{va}, kAccess, kPrivileged);
    if (m.fault == Fault::walk_external_first || m.fault == Fault::walk_external_second) {
        core.record(m, va, false);  // an abort of the operation itself, not a result
        return;
    }
    if (m.fault != Fault::none) {
        const auto fs = static_cast<uint32_t>(m.fault);
        core.system.par = (fs >> 4 & 1) << 5 | (fs & 0xF) << 1 | 1;  // DFSR[12, 10, 3:0] in PAR[6:1]
        return;
    }
    static constexpr std::array<uint32_t, 4> kInner{0, 5, 6, 7};
    uint32_t inner = kInner[m.inner & 3];
    if (m.type == MemoryType::strongly_ordered) inner = 1;
    if (m.type == MemoryType::device) inner = 3;
    const uint32_t not_outer = m.shareable && !m.outer_shareable && (core.system.sctlr & sctlr::kTre) != 0;
    const uint32_t outer = m.type == MemoryType::normal ? m.outer & 3U : 0U;
    const uint32_t attributes = not_outer << 10 | (m.shareable ? 1U << 7 : 0U) | inner << 4 | outer << 2;
    const bool supersection = m.size_log2 == 24;  // PAR.SS; bits 23:16 are PA[39:32]
    core.system.par =
        (m.pa.value & (supersection ? 0xFF00'0000 : 0xFFFF'F000)) | attributes | (supersection ? 2U : 0U);
}

// --- ThumbEE registers exist (ID_PFR0), the state does not
void set_teecr(Core& core, uint32_t value) { core.system.teecr = value & 1; }

constexpr auto kUser = Who::user;
constexpr auto kUserReads = Who::user_reads;
constexpr auto kPmu = Who::user_if_pmu;
constexpr auto kSecure = Who::secure;
constexpr auto kSecureWrites = Who::secure_writes;

// clang-format off
constexpr SystemRegister kRows[] = {
    // name        cp op1 CRn CRm op2  read                     write
    {"MIDR",       15, 0,  0,  0,  0, midr,                     nullptr},
    {"CTR",        15, 0,  0,  0,  1, constant<0x8333'8003>,    nullptr},
    {"TCMTR",      15, 0,  0,  0,  2, constant<0>,              nullptr},
    {"TLBTR",      15, 0,  0,  0,  3, constant<0x0000'0402>,    nullptr},
    {"MIDR",       15, 0,  0,  0,  4, midr,                     nullptr},
    {"MPIDR",      15, 0,  0,  0,  5, mpidr,                    nullptr},
    {"REVIDR",     15, 0,  0,  0,  6, midr,                     nullptr},
    {"MIDR",       15, 0,  0,  0,  7, midr,                     nullptr},
    {"ID_PFR0",    15, 0,  0,  1,  0, constant<0x0000'1231>,    nullptr},
    {"ID_PFR1",    15, 0,  0,  1,  1, constant<0x0000'0011>,    nullptr},
    {"ID_DFR0",    15, 0,  0,  1,  2, constant<0x0001'0444>,    nullptr},
    {"ID_AFR0",    15, 0,  0,  1,  3, constant<0>,              nullptr},
    {"ID_MMFR0",   15, 0,  0,  1,  4, constant<0x0010'0103>,    nullptr},
    {"ID_MMFR1",   15, 0,  0,  1,  5, constant<0x2000'0000>,    nullptr},
    {"ID_MMFR2",   15, 0,  0,  1,  6, constant<0x0123'0000>,    nullptr},
    {"ID_MMFR3",   15, 0,  0,  1,  7, constant<0x0010'2111>,    nullptr},
    {"ID_ISAR0",   15, 0,  0,  2,  0, constant<0x0010'1111>,    nullptr},
    {"ID_ISAR1",   15, 0,  0,  2,  1, constant<0x1311'2111>,    nullptr},
    {"ID_ISAR2",   15, 0,  0,  2,  2, constant<0x2123'2041>,    nullptr},
    {"ID_ISAR3",   15, 0,  0,  2,  3, constant<0x1111'2131>,    nullptr},
    {"ID_ISAR4",   15, 0,  0,  2,  4, constant<0x0001'1142>,    nullptr},
    {"ID_ISAR5",   15, 0,  0,  2,  5, constant<0>,              nullptr},
    {"ID_ISAR6",   15, 0,  0,  2,  6, constant<0>,              nullptr},
    {"ID_ISAR7",   15, 0,  0,  2,  7, constant<0>,              nullptr},
    {"CCSIDR",     15, 1,  0,  0,  0, ccsidr,                   nullptr},
    {"CLIDR",      15, 1,  0,  0,  1, constant<0x0920'0003>,    nullptr},
    {"AIDR",       15, 1,  0,  0,  7, constant<0>,              nullptr},
    {"CSSELR",     15, 2,  0,  0,  0, get<&S::csselr>,          set<&S::csselr, 0xF>},
    {"SCTLR",      15, 0,  1,  0,  0, get<&S::sctlr>,           set_sctlr},
    {"ACTLR",      15, 0,  1,  0,  1, get<&S::actlr>,           set_actlr},
    {"CPACR",      15, 0,  1,  0,  2, get_cpacr,                set_cpacr},
    {"SCR",        15, 0,  1,  1,  0, get<&S::scr>,             set_scr, kSecure},
    {"SDER",       15, 0,  1,  1,  1, get<&S::sder>,            set<&S::sder, 3>, kSecure},
    {"NSACR",      15, 0,  1,  1,  2, get<&S::nsacr>,           set<&S::nsacr, 0x7'CC00>, kSecureWrites},
    {"TTBR0",      15, 0,  2,  0,  0, get<&S::ttbr0>,           set_ttbr0},
    {"TTBR1",      15, 0,  2,  0,  1, get<&S::ttbr1>,           set_translation<&S::ttbr1>},
    {"TTBCR",      15, 0,  2,  0,  2, get<&S::ttbcr>,           set_translation<&S::ttbcr, 0x37>},
    {"DACR",       15, 0,  3,  0,  0, get<&S::dacr>,            set_translation<&S::dacr>},
    {"DFSR",       15, 0,  5,  0,  0, get<&S::dfsr>,            set<&S::dfsr, 0x1CFF>},
    {"IFSR",       15, 0,  5,  0,  1, get<&S::ifsr>,            set<&S::ifsr, 0x140F>},
    {"ADFSR",      15, 0,  5,  1,  0, get<&S::adfsr>,           set<&S::adfsr>},
    {"AIFSR",      15, 0,  5,  1,  1, get<&S::aifsr>,           set<&S::aifsr>},
    {"DFAR",       15, 0,  6,  0,  0, get<&S::dfar>,            set<&S::dfar>},
    {"IFAR",       15, 0,  6,  0,  2, get<&S::ifar>,            set<&S::ifar>},
    {"NOP",        15, 0,  7,  0,  4, nullptr,                  ignore},  // WFI of ARMv6: a NOP in ARMv7
    {"ICIALLUIS",  15, 0,  7,  1,  0, nullptr,                  instruction_all<true>},
    {"BPIALLIS",   15, 0,  7,  1,  6, nullptr,                  ignore},
    {"PAR",        15, 0,  7,  4,  0, get<&S::par>,             set<&S::par>},
    {"ICIALLU",    15, 0,  7,  5,  0, nullptr,                  instruction_all<false>},
    {"ICIMVAU",    15, 0,  7,  5,  1, nullptr,                  instruction_by_address},
    {"CP15ISB",    15, 0,  7,  5,  4, nullptr,                  ignore, kUser},
    {"BPIALL",     15, 0,  7,  5,  6, nullptr,                  ignore},
    {"BPIMVA",     15, 0,  7,  5,  7, nullptr,                  ignore},
    {"DCIMVAC",    15, 0,  7,  6,  1, nullptr,                  by_address<kInvalidate>},
    {"DCISW",      15, 0,  7,  6,  2, nullptr,                  by_set_way<kInvalidate>},
    {"ATS1CPR",    15, 0,  7,  8,  0, nullptr,                  translate<Access::read, true>},
    {"ATS1CPW",    15, 0,  7,  8,  1, nullptr,                  translate<Access::write, true>},
    {"ATS1CUR",    15, 0,  7,  8,  2, nullptr,                  translate<Access::read, false>},
    {"ATS1CUW",    15, 0,  7,  8,  3, nullptr,                  translate<Access::write, false>},
    {"DCCMVAC",    15, 0,  7, 10,  1, nullptr,                  by_address<kClean>},
    {"DCCSW",      15, 0,  7, 10,  2, nullptr,                  by_set_way<kClean>},
    {"CP15DSB",    15, 0,  7, 10,  4, nullptr,                  barrier<Barrier::dsb>, kUser},
    {"CP15DMB",    15, 0,  7, 10,  5, nullptr,                  barrier<Barrier::dmb>, kUser},
    {"DCCMVAU",    15, 0,  7, 11,  1, nullptr,                  by_address<kClean>},
    {"NOP",        15, 0,  7, 13,  1, nullptr,                  ignore},  // prefetch by MVA of ARMv6
    {"DCCIMVAC",   15, 0,  7, 14,  1, nullptr,                  by_address<kCleanInvalidate>},
    {"DCCISW",     15, 0,  7, 14,  2, nullptr,                  by_set_way<kCleanInvalidate>},
    {"TLBIALLIS",  15, 0,  8,  3,  0, nullptr,                  shared<tlb_all>},
    {"TLBIMVAIS",  15, 0,  8,  3,  1, nullptr,                  shared<tlb_by_address>},
    {"TLBIASIDIS", 15, 0,  8,  3,  2, nullptr,                  shared<tlb_by_asid>},
    {"TLBIMVAAIS", 15, 0,  8,  3,  3, nullptr,                  shared<tlb_by_address_any>},
    {"ITLBIALL",   15, 0,  8,  5,  0, nullptr,                  tlb_all},
    {"ITLBIMVA",   15, 0,  8,  5,  1, nullptr,                  tlb_by_address},
    {"ITLBIASID",  15, 0,  8,  5,  2, nullptr,                  tlb_by_asid},
    {"DTLBIALL",   15, 0,  8,  6,  0, nullptr,                  tlb_all},
    {"DTLBIMVA",   15, 0,  8,  6,  1, nullptr,                  tlb_by_address},
    {"DTLBIASID",  15, 0,  8,  6,  2, nullptr,                  tlb_by_asid},
    {"TLBIALL",    15, 0,  8,  7,  0, nullptr,                  tlb_all},
    {"TLBIMVA",    15, 0,  8,  7,  1, nullptr,                  tlb_by_address},
    {"TLBIASID",   15, 0,  8,  7,  2, nullptr,                  tlb_by_asid},
    {"TLBIMVAA",   15, 0,  8,  7,  3, nullptr,                  tlb_by_address_any},
    {"PMCR",       15, 0,  9, 12,  0, pmu::read_control,        pmu::write_control, kPmu},
    {"PMCNTENSET", 15, 0,  9, 12,  1, get<&S::pmcnten>,         pmu::enable, kPmu},
    {"PMCNTENCLR", 15, 0,  9, 12,  2, get<&S::pmcnten>,         pmu::disable, kPmu},
    {"PMOVSR",     15, 0,  9, 12,  3, pmu::read_overflow,       pmu::clear_overflow, kPmu},
    {"PMSWINC",    15, 0,  9, 12,  4, nullptr,                  pmu::software_increment, kPmu},
    {"PMSELR",     15, 0,  9, 12,  5, get<&S::pmselr>,          set<&S::pmselr, 0x1F>, kPmu},
    {"PMCEID0",    15, 0,  9, 12,  6, pmu::read_events,         nullptr, kPmu},
    {"PMCEID1",    15, 0,  9, 12,  7, constant<0>,              nullptr, kPmu},
    {"PMCCNTR",    15, 0,  9, 13,  0, pmu::cycle_count,         pmu::set_cycle_count, kPmu},
    {"PMXEVTYPER", 15, 0,  9, 13,  1, pmu::read_type,           pmu::write_type, kPmu},
    {"PMXEVCNTR",  15, 0,  9, 13,  2, pmu::read_count,          pmu::write_count, kPmu},
    {"PMUSERENR",  15, 0,  9, 14,  0, get<&S::pmuserenr>,       set<&S::pmuserenr, 1>, kUserReads},
    {"PMINTENSET", 15, 0,  9, 14,  1, get<&S::pminten>,         pmu::enable_interrupt},
    {"PMINTENCLR", 15, 0,  9, 14,  2, get<&S::pminten>,         pmu::disable_interrupt},
    {"TLBLOCK",    15, 0, 10,  0,  0, constant<0>,              ignore},
    {"PRRR",       15, 0, 10,  2,  0, get<&S::prrr>,            set_translation<&S::prrr>},
    {"NMRR",       15, 0, 10,  2,  1, get<&S::nmrr>,            set_translation<&S::nmrr>},
    {"VBAR",       15, 0, 12,  0,  0, get<&S::vbar>,            set<&S::vbar, 0xFFFF'FFE0>},
    {"MVBAR",      15, 0, 12,  0,  1, get<&S::mvbar>,           set<&S::mvbar, 0xFFFF'FFE0>, kSecure},
    {"ISR",        15, 0, 12,  1,  0, isr,                      nullptr},
    {"FCSEIDR",    15, 0, 13,  0,  0, constant<0>,              ignore},
    {"CONTEXTIDR", 15, 0, 13,  0,  1, get<&S::contextidr>,      set_contextidr},
    {"TPIDRURW",   15, 0, 13,  0,  2, get<&S::tpidrurw>,        set<&S::tpidrurw>, kUser},
    {"TPIDRURO",   15, 0, 13,  0,  3, get<&S::tpidruro>,        set<&S::tpidruro>, kUserReads},
    {"TPIDRPRW",   15, 0, 13,  0,  4, get<&S::tpidrprw>,        set<&S::tpidrprw>},
    {"PWRCTL",     15, 0, 15,  0,  0, get<&S::power_control>,   set<&S::power_control>},
    {"DIAG",       15, 0, 15,  0,  1, get<&S::diagnostic>,      set<&S::diagnostic>},
    {"PWRDIAG",    15, 0, 15,  0,  2, get<&S::power_diagnostic>, set<&S::power_diagnostic>},
    {"NEONBUSY",   15, 0, 15,  1,  0, constant<0>,              ignore},
    {"CBAR",       15, 4, 15,  0,  0, cbar,                     nullptr},
    {"TLBREADLOCK", 15, 5, 15, 4,  2, nullptr,                  ignore},
    {"TLBWRITELOCK", 15, 5, 15, 4, 4, nullptr,                  ignore},
    {"TLBVA",      15, 5, 15,  5,  2, constant<0>,              ignore},
    {"TLBPA",      15, 5, 15,  6,  2, constant<0>,              ignore},
    {"TLBATTR",    15, 5, 15,  7,  2, constant<0>,              ignore},
    // CP14: no external debugger, no trace. Linux's hw_breakpoint reads DBGDIDR and gives up on version zero.
    {"DBGDIDR",    14, 0,  0,  0,  0, constant<0>,              nullptr, kUserReads},
    {"DBGDSCR",    14, 0,  0,  1,  0, constant<0>,              ignore, kUserReads},
    {"DBGDRAR",    14, 0,  1,  0,  0, constant<0>,              nullptr, kUserReads},
    {"DBGOSLAR",   14, 0,  1,  0,  4, nullptr,                  ignore},
    {"DBGOSLSR",   14, 0,  1,  1,  4, constant<0>,              nullptr},
    {"DBGOSDLR",   14, 0,  1,  3,  4, constant<0>,              ignore},
    {"DBGPRCR",    14, 0,  1,  4,  4, constant<0>,              ignore},
    {"DBGPRSR",    14, 0,  1,  5,  4, constant<0>,              nullptr},
    {"DBGDSAR",    14, 0,  2,  0,  0, constant<0>,              nullptr, kUserReads},
    {"TEECR",      14, 6,  0,  0,  0, get<&S::teecr>,           set_teecr, kUserReads},
    {"TEEHBR",     14, 6,  1,  0,  0, get<&S::teehbr>,          set<&S::teehbr>, Who::user_if_thumbee},
    // The trivial Jazelle extension (ARM ARM B1.11): BXJ is BX.
    {"JIDR",       14, 7,  0,  0,  0, constant<0>,              ignore},
    {"JOSCR",      14, 7,  1,  0,  0, constant<0>,              ignore},
    {"JMCR",       14, 7,  2,  0,  0, constant<0>,              ignore},
};
// clang-format on

constexpr uint32_t key(uint32_t cp, uint32_t opc1, uint32_t crn, uint32_t crm, uint32_t opc2) {
    return (cp & 1) << 14 | opc1 << 11 | crn << 7 | crm << 3 | opc2;
}

std::array<int16_t, 1U << 15> build_index() {
    std::array<int16_t, 1U << 15> index{};
    index.fill(-1);
    int16_t n = 0;
    for (const SystemRegister& r : kRows) index[key(r.coprocessor, r.opc1, r.crn, r.crm, r.opc2)] = n++;
    return index;
}

}  // namespace

std::span<const SystemRegister> system_register_rows() { return kRows; }

int find_system_register(uint32_t coprocessor, uint32_t opc1, uint32_t crn, uint32_t crm, uint32_t opc2) {
    static const auto kIndex = build_index();
    return kIndex[key(coprocessor, opc1, crn, crm, opc2)];
}

}  // namespace exysim::cpu
