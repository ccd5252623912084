#include "tests/unit/registers/blocks.hpp"

#include "models/cache/pl310_core.hpp"
#include "models/camera/csis_core.hpp"
#include "models/camera/fimc_core.hpp"
#include "models/camera/fimc_lite_core.hpp"
#include "models/display/fimd_core.hpp"
#include "models/display/hdmi_core.hpp"
#include "models/display/mixer_core.hpp"
#include "models/display/sdo_core.hpp"
#include "models/display/vp_core.hpp"
#include "models/gpu/g2d_core.hpp"
#include "models/iommu/sysmmu_core.hpp"
#include "models/system/chip_id_core.hpp"
#include "models/system/cmu_core.hpp"
#include "models/system/combiner_core.hpp"
#include "models/system/gic_core.hpp"
#include "models/system/global_timer_core.hpp"
#include "models/system/gpio_core.hpp"
#include "models/system/i2c_core.hpp"
#include "models/system/mct_core.hpp"
#include "models/system/pl330_core.hpp"
#include "models/system/pmu_core.hpp"
#include "models/system/private_timer_core.hpp"
#include "models/system/pwm_core.hpp"
#include "models/system/scu_core.hpp"
#include "models/system/simctl_core.hpp"
#include "models/system/sysreg_core.hpp"
#include "models/system/uart_core.hpp"
#include "models/system/wdt_core.hpp"

namespace exysim::test {

namespace {

template <class Core, class... Arguments>
std::function<MadeBank()> maker(Arguments... arguments) {
    return [arguments...] {
        auto core = std::make_shared<Core>(arguments...);
        return MadeBank{core, &core->regs};
    };
}

/// The n-th bank of a GIC for one core: shared, private, CPU interface.
std::function<MadeBank()> gic_bank(size_t n) {
    return [n] {
        auto core = std::make_shared<system::GicCore>(1U);
        std::vector<RegisterBank*> banks;
        core->for_each_bank([&](const std::string&, RegisterBank& bank) { banks.push_back(&bank); });
        return MadeBank{core, banks.at(n)};
    };
}

/// One core's view of it.
MadeBank global_timer() {
    auto core = std::make_shared<system::GlobalTimerCore>(1U);
    return MadeBank{core, &core->regs(0)};
}

iommu::SysMmuConfig version(uint32_t word) {
    iommu::SysMmuConfig made;
    made.version = word;
    return made;
}

}  // namespace

const std::vector<BlockKind>& block_kinds() {
    using namespace system;
    static const std::vector<BlockKind> all = {
        {"chipid", maker<ChipIdCore>(Chip::exynos4210)},
        {"chipid_4412", maker<ChipIdCore>(Chip::exynos4412)},
        {"cmu", maker<CmuCore>()},
        {"cmu_4412", maker<CmuCore>(Chip::exynos4412)},
        {"combiner", maker<CombinerCore>()},
        {"gic.shared", gic_bank(0)},
        {"gic.private", gic_bank(1)},
        {"gic.interface", gic_bank(2)},
        {"gpio", maker<GpioCore>()},
        {"global timer", global_timer},
        {"i2c", maker<I2cCore>()},
        {"l2c", maker<cache::Pl310Core>(static_cast<cache::Level2*>(nullptr))},
        {"mct", maker<MctCore>()},
        {"pl330", maker<Pl330Core>(Pl330Shape{})},
        {"pmu", maker<PmuCore>()},
        {"private timer", maker<PrivateTimerCore>()},
        {"private watchdog", maker<PrivateWatchdogCore>()},
        {"pwm", maker<PwmCore>()},
        {"scu", maker<ScuCore>(2U)},
        {"simctl", maker<SimctlCore>()},
        {"sysreg", maker<SysregCore>()},
        {"uart", maker<UartCore>(256U)},
        {"wdt", maker<WdtCore>()},
        {"sysmmu 1.0", maker<iommu::SysMmuCore>(version(0x1000'0000))},
        {"sysmmu 3.2", maker<iommu::SysMmuCore>(version(0x3040'0000))},
        {"sysmmu 3.3", maker<iommu::SysMmuCore>(version(0x3060'0010))},
        {"csis", maker<camera::CsisCore>(4U)},
        {"fimc_lite", maker<camera::FimcLiteCore>()},
        {"fimc", maker<camera::FimcCore>(camera::FimcAbilities{})},
        {"fimd", maker<display::FimdCore>()},
        {"hdmi 1.3", maker<display::HdmiCore>()},
        {"hdmi 1.4", maker<display::HdmiCore>(display::HdmiConfig{display::HdmiLayout::v1_4})},
        {"mixer", maker<display::MixerCore>()},
        {"sdo", maker<display::SdoCore>()},
        {"vp", maker<display::VpCore>()},
        {"g2d 3", maker<gpu::G2dCore>(gpu::Version::v3)},
        {"g2d 4.1", maker<gpu::G2dCore>(gpu::Version::v4_1)},
    };
    return all;
}

}  // namespace exysim::test
