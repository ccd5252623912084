// Small parts of the chip: power management unit, outer cache, and the simulation channel.
#include "arch/cache.hpp"
#include "arch/cpu.hpp"
#include "core/event_channel.hpp"
#include "core/log.hpp"
#include "core/mistake.hpp"
#include "core/power.hpp"
#include "driver/device.hpp"
#include "mm/page.hpp"

namespace kernel {

namespace {

// --- PMU (system.md section 5)

constexpr uint32_t kSoftwareReset = 0x0400, kPsHold = 0x330C;
Mmio pmu;

Result<> probe_pmu(Device& device) {
    pmu = TRY(device.map());
    power_control().reset = [] { pmu.write32(kSoftwareReset, 1); };
    power_control().power_off = [] { pmu.write32(kPsHold, pmu.read32(kPsHold) & ~0x100U); };
    return Ok{};
}
constexpr const char* kPmuCompatible[] = {"samsung,exynos4210-pmu", "samsung,exynos4412-pmu", nullptr};
constexpr Driver kPmu{"pmu", kPmuCompatible, probe_pmu};
REGISTER_DRIVER(kPmu);

// --- PL310 (cpu-subsystem.md section 8)

constexpr uint32_t kL2Control = 0x100, kL2InvalidateWay = 0x77C, kL2Aux = 0x104, kSharedOverride = 1 << 22,
                   kFullLineOfZeros = 1 << 0;

Result<> probe_outer_cache(Device& device) {
    const Mmio l2 = TRY(device.map());
    if (!(l2.read32(kL2Control) & 1)) {
        const uint32_t override = makes(Mistake::no_override) ? 0 : kSharedOverride;
        l2.write32(kL2Aux, (l2.read32(kL2Aux) & ~kSharedOverride) | override | kFullLineOfZeros);
        l2.write32(kL2InvalidateWay, 0xFFFF);
        while (l2.read32(kL2InvalidateWay) & 0xFFFF) {
        }
        l2.write32(kL2Control, 1);
    }
    if (l2.read32(kL2Aux) & kFullLineOfZeros) cpu::write_full_lines_of_zeros();
    set_outer_cache(l2.base());
    return Ok{};
}
constexpr const char* kL2Compatible[] = {"arm,pl310-cache", nullptr};
constexpr Driver kOuterCache{"pl310", kL2Compatible, probe_outer_cache};
REGISTER_DRIVER(kOuterCache);

// --- simctl (simctl.md)

constexpr uint32_t kId = 0x00, kExit = 0x08, kEventPtr = 0x0C, kIdValue = 0x5349'4D43;
Mmio simctl;

/// The channel reads the record at once, as the processor sees it: no barrier, no cache maintenance. Kernel
/// stacks lie in the linear map.
void post_record(const EventRecord& record) {
    asm volatile("" ::: "memory");
    simctl.write32(kEventPtr, virt_to_phys(address_of(&record)).value);
}

Result<> probe_simctl(Device& device) {
    simctl = TRY(device.map());
    if (simctl.read32(kId) != kIdValue) return Errno::kNoDev;
    power_control().exit_status = [](uint32_t status) { simctl.write32(kExit, status); };
    event_channel().post = post_record;
    return Ok{};
}
constexpr const char* kSimctlCompatible[] = {"exysim,simctl", nullptr};
constexpr Driver kSimctl{"simctl", kSimctlCompatible, probe_simctl};
REGISTER_DRIVER(kSimctl);

}  // namespace

}  // namespace kernel
