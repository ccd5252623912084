#include "models/cpu/timing.hpp"

#include <algorithm>
#include <bit>
#include <string_view>

namespace exysim::cpu {

namespace {

// clang-format off
constexpr InstructionTiming kTimings[] = {
    // name      unit            issue lat reads    writes
    {"MUL",      Unit::multiply, 2, 4, "nm",     "d"},
    {"MLA",      Unit::multiply, 2, 4, "nm",     "d"},  // the accumulator is wanted in the last cycle only: no source
    {"MLS",      Unit::multiply, 2, 4, "nm",     "d"},
    {"UMULL",    Unit::multiply, 3, 5, "nm",     "dl"},
    {"SMULL",    Unit::multiply, 3, 5, "nm",     "dl"},
    {"UMLAL",    Unit::multiply, 3, 5, "nm",     "dl"},
    {"SMLALD",   Unit::multiply, 2, 5, "nm",     "dl"},
    {"SMLALxy",  Unit::multiply, 2, 5, "nm",     "dl"},
    {"SMLAL",    Unit::multiply, 3, 5, "nm",     "dl"},
    {"UMAAL",    Unit::multiply, 3, 5, "nmdl",   "dl"},
    {"SMLSLD",   Unit::multiply, 2, 5, "nm",     "dl"},
    {"SMMUL",    Unit::multiply, 2, 4, "nm",     "d"},
    {"SMMLA",    Unit::multiply, 2, 4, "nm",     "d"},
    {"SMMLS",    Unit::multiply, 2, 4, "nm",     "d"},
    {"SMULx",    Unit::multiply, 1, 3, "nm",     "d"},
    {"SMULW",    Unit::multiply, 1, 3, "nm",     "d"},
    {"SMLA",     Unit::multiply, 1, 3, "nm",     "d"},
    {"SMLS",     Unit::multiply, 2, 3, "nm",     "d"},
    {"SMUAD",    Unit::multiply, 2, 3, "nm",     "d"},
    {"SMUSD",    Unit::multiply, 2, 3, "nm",     "d"},
    {"USAD",     Unit::multiply, 1, 3, "nm",     "d"},
    {"STREX",    Unit::store,    2, 3, "nt",     "d"},
    {"LDREX",    Unit::load,     2, kLoadUse, "n", "tu"},
    {"SWP",      Unit::load,     4, kLoadUse, "nm", "d"},
    {"LDM",      Unit::load,     0, kLoadUse, "n", "r"},
    {"POP",      Unit::load,     0, kLoadUse, "",  "r"},
    {"STM",      Unit::store,    0, 1, "n",      ""},
    {"PUSH",     Unit::store,    0, 1, "",       ""},
    {"LDRD",     Unit::load,     1, kLoadUse, "nm", "tu"},
    {"STRD",     Unit::store,    1, 1, "nm",     ""},
    {"LDR",      Unit::load,     1, kLoadUse, "nm", "t"},
    {"STR",      Unit::store,    1, 1, "nm",     ""},  // the data are wanted later than the address
    {"PLD",      Unit::load,     1, 1, "nm",     ""},
    {"TB",       Unit::branch,   2, 1, "nm",     ""},
    {"BX",       Unit::branch,   1, 1, "m",      ""},
    {"BLX (reg)", Unit::branch,  1, 1, "m",      ""},
    {"BL",       Unit::branch,   1, 1, "",       ""},
    {"BFI",      Unit::alu,      1, 2, "nd",     "d"},
    {"BFC",      Unit::alu,      1, 2, "d",      "d"},
    {"BIC",      Unit::alu,      1, 1, "nm",     "d"},
    {"BKPT",     Unit::system,   0, 1, "",       ""},
    {"B",        Unit::branch,   1, 1, "",       ""},
    {"CBNZ",     Unit::branch,   1, 1, "n",      ""},
    {"CBZ",      Unit::branch,   1, 1, "n",      ""},
    {"SXT",      Unit::alu,      1, 1, "nm",     "d"},
    {"UXT",      Unit::alu,      1, 1, "nm",     "d"},
    {"SBFX",     Unit::alu,      1, 2, "n",      "d"},
    {"UBFX",     Unit::alu,      1, 2, "n",      "d"},
    {"SSAT",     Unit::alu,      1, 2, "n",      "d"},
    {"USAT",     Unit::alu,      1, 2, "n",      "d"},
    {"PKH",      Unit::alu,      1, 2, "nm",     "d"},
    {"SEL",      Unit::alu,      1, 1, "nm",     "d"},
    {"MOVT",     Unit::alu,      1, 1, "d",      "d"},
    {"SVC",      Unit::system,   0, 1, "",       ""},
    {"SRS",      Unit::system,   0, 1, "",       ""},
    {"SETEND",   Unit::system,   0, 1, "",       ""},
    {"SMC",      Unit::system,   0, 1, "",       ""},
    {"DSB",      Unit::system,   0, 1, "",       ""},
    {"DMB",      Unit::system,   0, 1, "",       ""},
    {"ISB",      Unit::system,   0, 1, "",       ""},
    {"CPS",      Unit::system,   0, 1, "",       ""},
    {"MRC",      Unit::system,   0, 3, "",       "t"},
    {"MCR",      Unit::system,   0, 1, "t",      ""},
    {"MRS",      Unit::system,   0, 2, "",       "d"},
    {"MSR",      Unit::system,   0, 1, "n",      ""},
    // Floating point: capital letters name the single-precision half or the upper bank, see vfp_register().
    {"VMLA",     Unit::floating, 0, 8, "nm",     "d"},
    {"VMLS",     Unit::floating, 0, 8, "nm",     "d"},
    {"VNML",     Unit::floating, 0, 8, "nm",     "d"},
    {"VMUL",     Unit::floating, 0, 5, "nm",     "d"},
    {"VNMUL",    Unit::floating, 0, 5, "nm",     "d"},
    {"VDIV.F32", Unit::floating, 0, 15, "nm",    "d"},
    {"VDIV.F64", Unit::floating, 0, 25, "nm",    "d"},
    {"VSQRT.F32", Unit::floating, 0, 17, "m",    "d"},
    {"VSQRT.F64", Unit::floating, 0, 32, "m",    "d"},
    {"VLDR",     Unit::load,     1, kLoadUse, "",  "d"},
    {"VSTR",     Unit::store,    1, 1, "",       ""},
    {"VLDM",     Unit::load,     0, kLoadUse, "",  "d"},
    {"VSTM",     Unit::store,    0, 1, "",       ""},
    {"VLD",      Unit::load,     0, kLoadUse, "",  "d"},
    {"VST",      Unit::store,    0, 1, "",       ""},
    {"VMOV (",   Unit::floating, 1, 2, "",       ""},
    {"VMRS",     Unit::system,   1, 2, "",       ""},
    {"VMSR",     Unit::system,   1, 2, "",       ""},
    {"V",        Unit::floating, 0, 4, "nm",     "d"},
    {"",         Unit::alu,      0, 1, "nmsa",   "d"},
};
// clang-format on

using Set = uint64_t;
constexpr Set one(unsigned resource) { return Set{1} << resource; }

bool is_vfp(std::string_view name) { return name.front() == 'V'; }
bool begins(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }
bool half_long(const Row& row) { return std::string_view{row.pattern}.size() == 16; }

/// D register that holds an operand: Dd (bank in the capital letter), or the one that contains Sd.
unsigned vfp_register(const Fields& f, char letter) {
    const std::string_view name = f.row().name;
    const bool single =
        name.find("32") != std::string_view::npos && name.find("64") == std::string_view::npos;
    const uint32_t upper = f(static_cast<char>(letter - 'a' + 'A'));
    return (f(letter) & 15) + (single ? 0 : 16 * (upper & 1));
}

bool present(const Fields& f, char letter) { return f.width(letter) != 0; }

Set registers(const Fields& f, const char* letters) {
    const bool vfp = is_vfp(f.row().name);
    Set set = 0;
    for (const char* letter = letters; *letter != 0; ++letter) {
        if (!present(f, *letter)) continue;
        if (*letter == 'r') {
            set |= f('r') & 0x7FFF;
        } else {
            set |= vfp ? one(17 + vfp_register(f, *letter)) : one(f(*letter) & 15);
        }
    }
    return set;
}

bool one_of(std::string_view name, std::initializer_list<std::string_view> prefixes) {
    return std::any_of(prefixes.begin(), prefixes.end(), [&](auto p) { return begins(name, p); });
}

bool compares(std::string_view name) { return one_of(name, {"TST", "TEQ", "CMP", "CMN"}); }

/// T16's two-operand forms name one register for source and destination.
bool destination_is_source(const Fields& f) {
    const std::string_view name = f.row().name;
    return half_long(f.row()) && !present(f, 'n') &&
           !one_of(name, {"MOV", "MVN", "ADR", "SXT", "UXT", "REV", "LS", "ASR (imm)"});
}

bool sets_flags(const Fields& f) {
    return f('S') != 0 || compares(f.row().name) || (half_long(f.row()) && present(f, 'd'));
}

/// The shifter costs a cycle, by a register two (TRM table B-2).
uint8_t shift_cycles(const Fields& f) {
    const std::string_view name = f.row().name;
    if (name.find("(rsr)") != std::string_view::npos) return 2;
    return !half_long(f.row()) && present(f, 'v') && (f('v') != 0 || f('t') != 0) ? 1 : 0;
}

uint8_t transfer_cycles(const Fields& f) {
    const auto words = static_cast<uint8_t>(std::popcount(f('r') & 0xFFFF) + (f('P') | f('M')) % 2);
    return static_cast<uint8_t>(std::max(1, (words + 1) / 2));  // 64 bits a cycle
}

}  // namespace

std::span<const InstructionTiming> instruction_timings() { return kTimings; }

const InstructionTiming& timing_of(const Row& row) {
    const auto* found = std::find_if(std::begin(kTimings), std::end(kTimings),
                                     [&](const InstructionTiming& t) { return begins(row.name, t.name); });
    return *found;
}

void BlockSchedule::add(const Fields& f, bool conditional) {
    const InstructionTiming& timing = timing_of(f.row());
    Step step{timing.unit, timing.issue, timing.latency, registers(f, timing.reads),
              registers(f, timing.writes)};
    if (step.issue == 0) step.issue = present(f, 'r') ? transfer_cycles(f) : f.row().cycles;
    if (timing.unit == Unit::alu) {
        step.latency = static_cast<uint8_t>(step.latency + shift_cycles(f));
        if (destination_is_source(f)) step.reads |= step.writes;
        if (compares(f.row().name)) step.writes = 0;
    }
    const std::string_view name = f.row().name;
    if (!is_vfp(name) && sets_flags(f)) step.writes |= one(kFlags);
    if (one_of(name, {"ADC", "SBC", "RSC"}) || conditional || begins(name, "B (cond)"))
        step.reads |= one(kFlags);
    if (conditional) step.reads |= step.writes & ~one(kFlags);  // the old value may stay
    steps_.push_back(step);
}

/// One pass of the block: instructions issue in order of their readiness, two a cycle at most.
void BlockSchedule::run(Progress& p) const {
    for (const Step& step : steps_) {
        uint32_t start = p.slots / 2;
        for (Set left = step.reads; left != 0; left &= left - 1)
            start = std::max(start, p.ready[static_cast<size_t>(std::countr_zero(left))]);
        uint32_t& first = p.free[static_cast<size_t>(step.unit)];
        const bool second_alu = step.unit == Unit::alu && p.alu2_free < first;
        uint32_t& unit = second_alu ? p.alu2_free : first;
        start = std::max(start, unit);
        unit = start + step.issue;
        const uint32_t done = start + step.latency;
        for (Set left = step.writes; left != 0; left &= left - 1)
            p.ready[static_cast<size_t>(std::countr_zero(left))] = done;
        p.last = std::max(p.last, done);
        ++p.slots;
    }
}

/// Cycles that issue slots and units need whatever the dependences: loads and stores share one address port.
uint32_t BlockSchedule::busy() const {
    std::array<uint32_t, kUnits> used{};
    for (const Step& step : steps_) used[static_cast<size_t>(step.unit)] += step.issue;
    const auto of = [&](Unit unit) { return used[static_cast<size_t>(unit)]; };
    const auto width = static_cast<uint32_t>((steps_.size() + 1) / 2);
    return std::max({width, (of(Unit::alu) + 1) / 2, of(Unit::multiply), of(Unit::load) + of(Unit::store),
                     of(Unit::branch), of(Unit::floating), of(Unit::system)});
}

uint32_t BlockSchedule::cycles() const {
    const uint32_t least = std::max<uint32_t>(busy(), 1);
    Progress p;
    run(p);
    if (!loop_) return std::max(least, p.last > kOverlap ? p.last - kOverlap : 0);
    // A loop costs what one more iteration costs once it is under way.
    constexpr uint32_t kWarm = 2, kMeasured = 4;
    for (uint32_t i = 1; i < kWarm; ++i) run(p);
    const uint32_t before = p.last;
    for (uint32_t i = 0; i < kMeasured; ++i) run(p);
    return std::max(least, (p.last - before + kMeasured / 2) / kMeasured);
}

bool BlockSchedule::independent_loads() const {
    if (!loop_) return false;
    Set loaded = 0;
    for (int iteration = 0; iteration < 2; ++iteration) {
        for (const Step& step : steps_) {
            const bool follows = (step.reads & loaded & ~one(kFlags)) != 0;
            if (step.unit == Unit::load && follows) return false;
            loaded = follows || step.unit == Unit::load ? loaded | step.writes : loaded & ~step.writes;
        }
    }
    return true;
}

}  // namespace exysim::cpu
