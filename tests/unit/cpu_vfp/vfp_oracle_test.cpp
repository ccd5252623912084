// Every data-processing operation on edge and random operands in every FPSCR mode, against QEMU's Cortex-A9.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <functional>

#include "models/cpu/vfp_math.hpp"
#include "tests/support/cpu_operands.hpp"
#include "tests/support/cpu_oracle/qemu.hpp"

namespace exysim::cpu::vfp {
namespace {

using test::Operands;

/// Semantics of one operation: bits of the destination and of both sources (singles in the low word), FPSCR.
using Semantics = std::function<uint64_t(uint64_t d, uint64_t n, uint64_t m, uint32_t& fpscr)>;

/// Which register fields an encoding has.
enum class Shape { d, dm, dnm };

struct Operation {
    std::string name;
    uint32_t encoding;  // without register numbers
    Shape shape;
    bool single_result;  // else a double
    bool single_source;
    Semantics run;
};

template <class Bits>
Bits low(uint64_t value) {
    return static_cast<Bits>(value);
}

template <class Comparison, class Bits>
void set_flags(uint32_t& fpscr, Bits a, Bits b) {
    const uint32_t flags = apply<Comparison>(fpscr, a, b);
    fpscr = (fpscr & ~kFlagsNzcv) | flags;
}

/// Operations that exist for singles and doubles alike.
template <class Bits>
void add_arithmetic(std::vector<Operation>& list) {
    constexpr bool kSingle = sizeof(Bits) == 4;
    const auto add_row = [&](const char* name, uint32_t encoding, Shape shape, Semantics run) {
        list.push_back({fmt::format("{}.f{}", name, 8 * sizeof(Bits)), encoding | (kSingle ? 0 : 0x100),
                        shape, kSingle, kSingle, run});
    };
    // clang-format off
    add_row("vmla",  0xEE00'0A00, Shape::dnm, [](uint64_t d, uint64_t n, uint64_t m, uint32_t& f) { return apply<MultiplyAccumulate<Bits, false, false>>(f, low<Bits>(d), low<Bits>(n), low<Bits>(m)); });
    add_row("vmls",  0xEE00'0A40, Shape::dnm, [](uint64_t d, uint64_t n, uint64_t m, uint32_t& f) { return apply<MultiplyAccumulate<Bits, false, true>>(f, low<Bits>(d), low<Bits>(n), low<Bits>(m)); });
    add_row("vnmls", 0xEE10'0A00, Shape::dnm, [](uint64_t d, uint64_t n, uint64_t m, uint32_t& f) { return apply<MultiplyAccumulate<Bits, true, false>>(f, low<Bits>(d), low<Bits>(n), low<Bits>(m)); });
    add_row("vnmla", 0xEE10'0A40, Shape::dnm, [](uint64_t d, uint64_t n, uint64_t m, uint32_t& f) { return apply<MultiplyAccumulate<Bits, true, true>>(f, low<Bits>(d), low<Bits>(n), low<Bits>(m)); });
    add_row("vmul",  0xEE20'0A00, Shape::dnm, [](uint64_t, uint64_t n, uint64_t m, uint32_t& f) { return apply<Multiply<Bits>>(f, low<Bits>(n), low<Bits>(m)); });
    add_row("vnmul", 0xEE20'0A40, Shape::dnm, [](uint64_t, uint64_t n, uint64_t m, uint32_t& f) { return apply<NegatedMultiply<Bits>>(f, low<Bits>(n), low<Bits>(m)); });
    add_row("vadd",  0xEE30'0A00, Shape::dnm, [](uint64_t, uint64_t n, uint64_t m, uint32_t& f) { return apply<Add<Bits>>(f, low<Bits>(n), low<Bits>(m)); });
    add_row("vsub",  0xEE30'0A40, Shape::dnm, [](uint64_t, uint64_t n, uint64_t m, uint32_t& f) { return apply<Subtract<Bits>>(f, low<Bits>(n), low<Bits>(m)); });
    add_row("vdiv",  0xEE80'0A00, Shape::dnm, [](uint64_t, uint64_t n, uint64_t m, uint32_t& f) { return apply<Divide<Bits>>(f, low<Bits>(n), low<Bits>(m)); });
    add_row("vabs",  0xEEB0'0AC0, Shape::dm, [](uint64_t, uint64_t, uint64_t m, uint32_t&) { return absolute(low<Bits>(m)); });
    add_row("vneg",  0xEEB1'0A40, Shape::dm, [](uint64_t, uint64_t, uint64_t m, uint32_t&) { return negate(low<Bits>(m)); });
    add_row("vsqrt", 0xEEB1'0AC0, Shape::dm, [](uint64_t, uint64_t, uint64_t m, uint32_t& f) { return apply<SquareRoot<Bits>>(f, low<Bits>(m)); });
    add_row("vcmp",  0xEEB4'0A40, Shape::dm, [](uint64_t d, uint64_t, uint64_t m, uint32_t& f) { set_flags<Compare<Bits, false>>(f, low<Bits>(d), low<Bits>(m)); return d; });
    add_row("vcmpe", 0xEEB4'0AC0, Shape::dm, [](uint64_t d, uint64_t, uint64_t m, uint32_t& f) { set_flags<Compare<Bits, true>>(f, low<Bits>(d), low<Bits>(m)); return d; });
    add_row("vcmp0", 0xEEB5'0A40, Shape::d, [](uint64_t d, uint64_t, uint64_t, uint32_t& f) { set_flags<Compare<Bits, false>>(f, low<Bits>(d), Bits{0}); return d; });
    // clang-format on
}

uint64_t insert_half(uint64_t d, uint16_t half, bool top) {
    const int shift = top ? 16 : 0;
    return (d & ~(uint64_t{0xFFFF} << shift)) | (uint64_t{half} << shift);
}

template <class Bits, bool is_signed>
void add_integer_conversions(std::vector<Operation>& list) {
    constexpr bool kSingle = sizeof(Bits) == 4;
    constexpr uint32_t sz = kSingle ? 0 : 0x100;
    const std::string f_name = fmt::format("f{}", 8 * sizeof(Bits));
    const std::string name = is_signed ? "s32" : "u32";
    const uint32_t to_integer = (is_signed ? 0xEEBD'0A40 : 0xEEBC'0A40) | sz;
    list.push_back({"vcvt." + f_name + "." + name, (is_signed ? 0xEEB8'0AC0 : 0xEEB8'0A40) | sz, Shape::dm,
                    kSingle, true, [](uint64_t, uint64_t, uint64_t m, uint32_t& f) -> uint64_t {
                        return apply<FromInteger<Bits, is_signed>>(f, low<uint32_t>(m));
                    }});
    list.push_back({"vcvtr." + name + "." + f_name, to_integer, Shape::dm, true, kSingle,
                    [](uint64_t, uint64_t, uint64_t m, uint32_t& f) -> uint64_t {
                        return apply<ToInteger<Bits, is_signed, IntegerRounding::by_fpscr>>(f, low<Bits>(m));
                    }});
    list.push_back({"vcvt." + name + "." + f_name, to_integer | 0x80, Shape::dm, true, kSingle,
                    [](uint64_t, uint64_t, uint64_t m, uint32_t& f) -> uint64_t {
                        return apply<ToInteger<Bits, is_signed, IntegerRounding::towards_zero>>(f,
                                                                                                low<Bits>(m));
                    }});
}

/// VCVT between floating point and fixed point; source and destination are one register.
template <class Bits>
void add_fixed_conversions(std::vector<Operation>& list, int width, bool is_signed, int fraction_bits) {
    constexpr bool kSingle = sizeof(Bits) == 4;
    const auto imm5 = static_cast<uint32_t>(width - fraction_bits);
    const uint32_t fields = (kSingle ? 0 : 0x100) | (width == 32 ? 0x80 : 0) | (is_signed ? 0 : 0x1'0000) |
                            ((imm5 & 1) << 5) | (imm5 >> 1);
    const std::string type = fmt::format("{}{} #{}", is_signed ? 's' : 'u', width, fraction_bits);
    const soft::Fixed fixed{width, is_signed, fraction_bits};
    list.push_back({fmt::format("vcvt.f{}.{}", 8 * sizeof(Bits), type), 0xEEBA'0A40 | fields, Shape::d,
                    kSingle, kSingle, [=](uint64_t d, uint64_t, uint64_t, uint32_t& f) {
                        return soft::from_fixed<Bits>(low<uint32_t>(d), fixed, Rounding::nearest_even, f);
                    }});
    list.push_back({fmt::format("vcvt.{}.f{}", type, 8 * sizeof(Bits)), 0xEEBE'0A40 | fields, Shape::d,
                    kSingle, kSingle, [=](uint64_t d, uint64_t, uint64_t, uint32_t& f) {
                        return uint64_t{low<Bits>(soft::to_fixed(low<Bits>(d), fixed, Rounding::zero, f))};
                    }});
}

std::vector<Operation> operations() {
    std::vector<Operation> list;
    add_arithmetic<uint32_t>(list);
    add_arithmetic<uint64_t>(list);
    add_integer_conversions<uint32_t, false>(list);
    add_integer_conversions<uint32_t, true>(list);
    add_integer_conversions<uint64_t, false>(list);
    add_integer_conversions<uint64_t, true>(list);
    for (const int width : {16, 32})
        for (const int fraction_bits : {0, 1, 7, 15, 16, 31, 32})
            for (const bool is_signed : {false, true})
                if (fraction_bits <= width && width - fraction_bits < 32) {  // the immediate has five bits
                    add_fixed_conversions<uint32_t>(list, width, is_signed, fraction_bits);
                    add_fixed_conversions<uint64_t>(list, width, is_signed, fraction_bits);
                }
    // clang-format off
    list.push_back({"vcvt.f64.f32", 0xEEB7'0AC0, Shape::dm, false, true, [](uint64_t, uint64_t, uint64_t m, uint32_t& f) { return apply<Widen>(f, low<uint32_t>(m)); }});
    list.push_back({"vcvt.f32.f64", 0xEEB7'0BC0, Shape::dm, true, false, [](uint64_t, uint64_t, uint64_t m, uint32_t& f) { return apply<Narrow>(f, m); }});
    list.push_back({"vcvtb.f32.f16", 0xEEB2'0A40, Shape::dm, true, true, [](uint64_t, uint64_t, uint64_t m, uint32_t& f) { return soft::half_to_single(low<uint16_t>(m), f); }});
    list.push_back({"vcvtt.f32.f16", 0xEEB2'0AC0, Shape::dm, true, true, [](uint64_t, uint64_t, uint64_t m, uint32_t& f) { return soft::half_to_single(low<uint16_t>(m >> 16), f); }});
    list.push_back({"vcvtb.f16.f32", 0xEEB3'0A40, Shape::dm, true, true, [](uint64_t d, uint64_t, uint64_t m, uint32_t& f) { return insert_half(d, soft::single_to_half(low<uint32_t>(m), f), false); }});
    list.push_back({"vcvtt.f16.f32", 0xEEB3'0AC0, Shape::dm, true, true, [](uint64_t d, uint64_t, uint64_t m, uint32_t& f) { return insert_half(d, soft::single_to_half(low<uint32_t>(m), f), true); }});
    // clang-format on
    return list;
}

/// One application of an operation in a case: its operands are the D registers 3*slot (n), 3*slot+1 (m) and
/// 3*slot+2 (d), a single being the low word; FPSCR comes from r[slot] and goes back there.
constexpr uint32_t kSlots = 5;
constexpr uint32_t kVmsrFpscr = 0xEEE1'0A10, kVmrsFpscr = 0xEEF1'0A10, kSvc = 0xEF00'0000;

uint32_t encode(const Operation& op, uint32_t slot) {
    const uint32_t n = 3 * slot, m = n + 1,
                   d = n + 2;  // below 16: D registers and S(2n) have the same fields
    uint32_t word = op.encoding | d << 12;
    if (op.shape != Shape::d) word |= m;
    if (op.shape == Shape::dnm) word |= n << 16;
    return word;
}

uint64_t operand(Operands& operands, bool single) {
    if (!single) return operands.number<Double>();
    const uint64_t high = operands.number<Single>();
    // Half-precision and integer sources are made of the same word.
    const uint32_t kind = operands.below(8);
    const uint32_t low_word = kind == 0   ? uint32_t{operands.number<Half>()} << 16 | operands.number<Half>()
                              : kind == 1 ? static_cast<uint32_t>(operands.bits64())
                                          : operands.number<Single>();
    return high << 32 | low_word;
}

exysim::test::oracle::Case make_case(const Operation& op, Operands& operands) {
    exysim::test::oracle::Case c{};
    c.cpsr = exysim::test::oracle::kSystemMode;
    uint32_t* code = c.code;
    for (uint32_t slot = 0; slot < kSlots; ++slot) {
        c.r[slot] = operands.fpscr();
        c.d[3 * slot] = operand(operands, op.single_source);
        c.d[3 * slot + 1] = operand(operands, op.single_source);
        c.d[3 * slot + 2] = operand(operands, op.shape == Shape::dm ? op.single_source : op.single_result);
        if (operands.below(8) == 0) c.d[3 * slot + 1] = c.d[3 * slot];  // cancellation
        *code++ = kVmsrFpscr | slot << 12;
        *code++ = encode(op, slot);
        *code++ = kVmrsFpscr | slot << 12;
    }
    *code = kSvc;
    return c;
}

/// The difference between QEMU and us in one slot, or an empty string.
std::string difference(const Operation& op, const exysim::test::oracle::Case& c,
                       const exysim::test::oracle::Result& r, uint32_t slot) {
    const uint64_t n = c.d[3 * slot], m = c.d[3 * slot + 1], d = c.d[3 * slot + 2];
    uint32_t fpscr = c.r[slot];
    uint64_t result = op.run(d, n, m, fpscr);
    if (op.single_result) result = (d & ~uint64_t{0xFFFF'FFFF}) | static_cast<uint32_t>(result);
    if (result == r.d[3 * slot + 2] && fpscr == r.r[slot]) return {};
    return fmt::format(
        "{}: n={:016x} m={:016x} d={:016x} fpscr={:08x}: here {:016x} {:08x}, QEMU {:016x} {:08x}", op.name,
        n, m, d, c.r[slot], result, fpscr, r.d[3 * slot + 2], r.r[slot]);
}

}  // namespace

TEST_CASE("VFP data processing agrees with QEMU in every mode", "[cpu][vfp][qemu]") {
    constexpr size_t kCasesPerOperation = 120;
    const std::vector<Operation> list = operations();
    Operands operands{20260101};
    std::vector<exysim::test::oracle::Case> cases;
    for (const Operation& op : list)
        for (size_t i = 0; i < kCasesPerOperation; ++i) cases.push_back(make_case(op, operands));
    const auto results = exysim::test::oracle::run_on_qemu(cases);
    for (size_t i = 0; i < cases.size(); ++i)
        for (uint32_t slot = 0; slot < kSlots; ++slot) {
            const std::string text = difference(list[i / kCasesPerOperation], cases[i], results[i], slot);
            if (!text.empty()) FAIL_CHECK(text);
        }
}

}  // namespace exysim::cpu::vfp
