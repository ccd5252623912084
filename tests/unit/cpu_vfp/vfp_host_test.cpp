// VFP arithmetic against IEEE 754 as the host's FPU implements it, and against ARM's own rules where those
// differ.
#include <catch2/catch.hpp>

#include <cfenv>
#include <cmath>

#include "models/cpu/vfp_math.hpp"
#include "tests/support/cpu_operands.hpp"

namespace exysim::cpu::vfp {
namespace {

using test::Operands;

constexpr uint32_t kOneF = 0x3F80'0000, kMaxF = 0x7F7F'FFFF, kMinNormalF = 0x0080'0000;
constexpr uint32_t kSignallingF = 0x7F80'0001, kQuietF = 0x7FC0'0002;

constexpr int kHostRounding[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};  // by FPSCR.RMode

/// Underflow is left out: x86 detects tininess after rounding, ARM before.
uint32_t host_flags() {
    const int raised = std::fetestexcept(FE_ALL_EXCEPT);
    return (raised & FE_INVALID ? +kInvalid : 0) | (raised & FE_DIVBYZERO ? +kDivideByZero : 0) |
           (raised & FE_OVERFLOW ? +kOverflow : 0) | (raised & FE_INEXACT ? +kInexact : 0);
}

struct HostResult {
    uint64_t bits;
    uint32_t flags;
};

/// volatile: the compiler may not move arithmetic across the rounding mode's changes.
template <class Host, class Function>
HostResult on_host(uint32_t mode, Host a, Host b, Function function) {
    std::fesetround(kHostRounding[mode]);
    std::feclearexcept(FE_ALL_EXCEPT);
    volatile Host x = a, y = b;
    const volatile Host result = function(x, y);
    const HostResult out{to_bits(static_cast<Host>(result)), host_flags()};
    std::fesetround(FE_TONEAREST);
    return out;
}

template <class Bits, class Host, class Ours>
void check_against_host(const char* name, Host (*theirs)(Host, Host), Ours ours) {
    Operands operands{77};
    for (int i = 0; i < 20'000; ++i) {
        const Bits a = operands.number<FormatOf<Bits>>(), b = operands.number<FormatOf<Bits>>();
        if (is_nan(a) || is_nan(b)) continue;  // x86 orders NaN operands differently
        const uint32_t mode = operands.below(4);
        const HostResult expected = on_host<Host>(mode, to_host(a), to_host(b), theirs);
        uint32_t fpscr = mode << 22;
        const Bits result = ours(a, b, fpscr);
        const bool same =
            result == expected.bits || (is_nan(result) && is_nan(static_cast<Bits>(expected.bits)));
        if (same && (fpscr & 0x1Fu & ~kUnderflow) == expected.flags) continue;
        FAIL_CHECK(name << std::hex << " a=" << a << " b=" << b << " mode=" << mode << ": " << result
                        << " flags " << (fpscr & 0x1F) << ", host " << expected.bits << " flags "
                        << expected.flags);
    }
}

template <class Bits, class Host>
void check_all_against_host() {
    // clang-format off
    check_against_host<Bits, Host>("add", +[](Host a, Host b) { return a + b; }, [](Bits a, Bits b, uint32_t& f) { return soft::add(a, b, f); });
    check_against_host<Bits, Host>("subtract", +[](Host a, Host b) { return a - b; }, [](Bits a, Bits b, uint32_t& f) { return soft::subtract(a, b, f); });
    check_against_host<Bits, Host>("multiply", +[](Host a, Host b) { return a * b; }, [](Bits a, Bits b, uint32_t& f) { return soft::multiply(a, b, f); });
    check_against_host<Bits, Host>("divide", +[](Host a, Host b) { return a / b; }, [](Bits a, Bits b, uint32_t& f) { return soft::divide(a, b, f); });
    check_against_host<Bits, Host>("sqrt", +[](Host a, Host) { return std::sqrt(a); }, [](Bits a, Bits, uint32_t& f) { return soft::square_root(a, f); });
    // clang-format on
}

/// The front end must not differ from the exact path in any FPSCR state.
template <class Bits>
void check_front_end() {
    Operands operands{99};
    for (int i = 0; i < 100'000; ++i) {
        const Bits a = operands.number<FormatOf<Bits>>(), b = operands.number<FormatOf<Bits>>();
        const uint32_t before = operands.fpscr();
        const auto same = [&](const char* name, auto front, auto exact) {
            uint32_t f1 = before, f2 = before;
            const auto r1 = front(f1), r2 = exact(f2);
            if (r1 != r2 || (f1 ^ f2) & ~kFlagsNzcv)
                FAIL_CHECK(name << std::hex << " a=" << a << " b=" << b << " fpscr=" << before);
        };
        // clang-format off
        same("add", [&](uint32_t& f) { return apply<Add<Bits>>(f, a, b); }, [&](uint32_t& f) { return soft::add(a, b, f); });
        same("subtract", [&](uint32_t& f) { return apply<Subtract<Bits>>(f, a, b); }, [&](uint32_t& f) { return soft::subtract(a, b, f); });
        same("multiply", [&](uint32_t& f) { return apply<Multiply<Bits>>(f, a, b); }, [&](uint32_t& f) { return soft::multiply(a, b, f); });
        same("divide", [&](uint32_t& f) { return apply<Divide<Bits>>(f, a, b); }, [&](uint32_t& f) { return soft::divide(a, b, f); });
        same("sqrt", [&](uint32_t& f) { return apply<SquareRoot<Bits>>(f, a); }, [&](uint32_t& f) { return soft::square_root(a, f); });
        same("compare", [&](uint32_t& f) { return apply<Compare<Bits, true>>(f, a, b); }, [&](uint32_t& f) { soft::compare(a, b, true, f); return f & kFlagsNzcv; });
        same("to_int32", [&](uint32_t& f) { return apply<ToInteger<Bits, true, IntegerRounding::towards_zero>>(f, a); },
             [&](uint32_t& f) { return static_cast<uint32_t>(soft::to_fixed(a, {32, true}, Rounding::zero, f)); });
        const auto word = static_cast<uint32_t>(operands.bits64());
        same("from_int32", [&](uint32_t& f) { return apply<FromInteger<Bits, true>>(f, word); },
             [&](uint32_t& f) { return soft::from_fixed<Bits>(word, {32, true}, rounding_mode(f), f); });
        // clang-format on
    }
}

template <class Bits>
uint32_t to_signed(Bits value, uint32_t& fpscr) {
    return apply<ToInteger<Bits, true, IntegerRounding::towards_zero>>(fpscr, value);
}

}  // namespace

TEST_CASE("exact single arithmetic agrees with the host in four rounding modes", "[cpu][vfp]") {
    check_all_against_host<uint32_t, float>();
}

TEST_CASE("exact double arithmetic agrees with the host in four rounding modes", "[cpu][vfp]") {
    check_all_against_host<uint64_t, double>();
}

TEST_CASE("the host-assisted path equals the exact path", "[cpu][vfp]") {
    check_front_end<uint32_t>();
    check_front_end<uint64_t>();
}

TEST_CASE("a signalling second operand wins over a quiet first one", "[cpu][vfp]") {
    uint32_t fpscr = 0;
    REQUIRE(soft::add(kQuietF, kSignallingF, fpscr) == (kSignallingF | Single::kQuietBit));
    REQUIRE(fpscr == kInvalid);
    fpscr = 0;
    REQUIRE(soft::add(kQuietF, kQuietF + 1, fpscr) == kQuietF);
    REQUIRE(fpscr == 0);
}

TEST_CASE("default NaN mode replaces every NaN result", "[cpu][vfp]") {
    uint32_t fpscr = kDefaultNan;
    REQUIRE(soft::multiply(kQuietF | Single::kSign, kOneF, fpscr) == Single::kDefaultNan);
    REQUIRE(fpscr == kDefaultNan);
}

TEST_CASE("underflow is tininess before rounding", "[cpu][vfp]") {
    // The product of the largest subnormal and 1 + 2^-23 lies below 2^-126 and rounds up to it.
    uint32_t fpscr = 0;
    REQUIRE(soft::multiply(kMinNormalF - 1, kOneF + 1, fpscr) == kMinNormalF);
    REQUIRE(fpscr == (kUnderflow | kInexact));
}

TEST_CASE("flush-to-zero treats subnormal operands and results as zeros of their sign", "[cpu][vfp]") {
    uint32_t fpscr = kFlushToZero;
    REQUIRE(soft::add(Single::kSign | 1u, Single::kSign, fpscr) == Single::kSign);
    REQUIRE(fpscr == (kFlushToZero | kInputDenormal));
    fpscr = kFlushToZero;
    REQUIRE(soft::multiply(kMinNormalF, kOneF - 1, fpscr) == 0);
    REQUIRE(fpscr == (kFlushToZero | kUnderflow));  // not Inexact
}

TEST_CASE("overflow rounds to infinity or to the largest number by mode and sign", "[cpu][vfp]") {
    const uint32_t expected[] = {Single::kInfinity, Single::kInfinity, kMaxF, kMaxF};
    for (uint32_t mode = 0; mode < 4; ++mode) {
        uint32_t fpscr = mode << 22;
        CHECK(soft::add(kMaxF, kMaxF, fpscr) == expected[mode]);
        CHECK((fpscr & 0x9F) == (kOverflow | kInexact));
    }
}

TEST_CASE("conversions to integers saturate with Invalid Operation alone", "[cpu][vfp]") {
    uint32_t fpscr = 0;
    REQUIRE(to_signed(to_bits(2147483648.0), fpscr) == 0x7FFF'FFFF);
    REQUIRE(to_signed(to_bits(-3e9f), fpscr) == 0x8000'0000);
    REQUIRE(to_signed(kQuietF, fpscr) == 0);
    REQUIRE(soft::to_fixed(to_bits(-1.0), {32, false}, Rounding::zero, fpscr) == 0);
    REQUIRE(fpscr == kInvalid);
    fpscr = 0;
    REQUIRE(to_signed(to_bits(-2147483648.5), fpscr) == 0x8000'0000);
    REQUIRE(fpscr == kInexact);
}

TEST_CASE("alternative half precision has no infinities: it saturates", "[cpu][vfp]") {
    uint32_t fpscr = kAlternativeHalf;
    REQUIRE(soft::single_to_half(to_bits(131008.0f), fpscr) == 0x7FFF);
    REQUIRE(fpscr == kAlternativeHalf);
    REQUIRE(soft::single_to_half(to_bits(-200000.0f), fpscr) == 0xFFFF);
    REQUIRE(fpscr == (kAlternativeHalf | kInvalid));
    REQUIRE(soft::half_to_single(0x7FFF, fpscr) == to_bits(131008.0f));
}

}  // namespace exysim::cpu::vfp
