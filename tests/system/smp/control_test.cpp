// SCTLR's bits, the TLB, the performance monitors' interrupt and the security state on the whole machine.
// Expected: ARM ARM ARMv7-A, B1.8.1 (vectors), B1.9 (Thumb and big-endian exceptions), A8.8.229 (SWP), B3.10
// (TLB maintenance), C12.3 (overflow interrupt), B1.5 (security); interrupt 34 is combiner group 2.
#include <catch2/catch.hpp>
#include <string>

#include "run_program.hpp"

using namespace exysim::test;
using smp::Run;

namespace {

constexpr const char* kProgram = "control_program";
// Vectors are bits 1 undefined, 2 call, 3 prefetch abort, 4 data abort, 6 interrupt; the page at 0xFFFF0000
// marks them in the upper half too.
const std::string kControl =
    "low vectors 1e\nhigh vectors 1e001e\nhigh interrupt 400040\nlow again 1e\nthumb 6\n"
    "little word 11223344\nlittle E 0\nbig word 44332211\nbig E 200\n"
    "translation 111122\n";
const std::string kSwap = "swap off 7\nswap on 709\n";
const std::string kMonitors =
    "pmu interrupts 1\npmu masked 11\npmu masked in the combiner 1\npmu unmasked 20\n";
const std::string kSecurity = "non-secure 31\nmonitor mode 1d6\n";

}  // namespace

TEST_CASE("SCTLR, TLB, performance monitors and security state act on a running program", "[system][cpu]") {
    for (const char* mode : {"mode=fast", "mode=timing"}) {
        INFO(mode);
        const Run r = smp::on_exysim(kProgram, "exynos4210", 1, {mode});
        CHECK(r.output == kControl + kSwap + kMonitors + kSecurity);
        CHECK(r.status == 0);
    }
}

// The rest QEMU 7.2 does not have: it ignores SCTLR.SW, its board has no line from the monitors and no
// Security Extensions.
TEST_CASE("QEMU prints the same of vectors, exceptions' state and the TLB", "[system][cpu]") {
    CHECK(smp::on_qemu(kProgram, 2).output.substr(0, kControl.size()) == kControl);
}
