#include "platform/board/device_tree.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>

#include "platform/board/memory_map.hpp"
#include "platform/board/pin_nodes.hpp"
#include "platform/board/soc.hpp"

namespace exysim::board {

namespace {

// References between nodes. Any distinct numbers will do.
enum Phandle : uint32_t {
    kGicHandle = 1,
    kCombinerHandle,
    kClockHandle,
    kPmuHandle,
    kSysregHandle,
    kPdCamHandle,
    kPdTvHandle,
    kPdLcd0Handle,
    kSysmmuTvHandle,
    kSysmmuFimd0Handle,
    kSysmmuG2dHandle,
    kSensorPortHandle,
    kCameraPortHandle,
    kSensorBPortHandle,
    kCameraBPortHandle,
    kRawSensorPortHandle,
    kCsisPortHandle,
    kMipiPhyHandle,
    kRawSensorClockHandle,
    kDdcHandle,
    kHdmiPhyHandle,
    kGpx3Handle,
    kSysmmuFimcHandle,  // and three more, by unit
};

// Clock numbers of include/dt-bindings/clock/exynos4.h (an ABI of the binding).
enum Clock : uint32_t {
    kFinPll = 3,
    kArmClk = 12,
    kSclkHdmiphy = 22,
    kSclkFimc0 = 128,
    kSclkCsis0 = 134,
    kSclkHdmi = 136,
    kSclkMixer = 137,
    kSclkPixel = 139,
    kSclkFimd0 = 140,
    kSclkUart0 = 151,
    kSclkFimg2d = 177,
    kFimc0 = 256,
    kCsis0 = 260,
    kSmmuFimc0 = 263,
    kVp = 268,
    kMixer = 269,
    kHdmi = 271,
    kSmmuTv = 272,
    kFimd0 = 283,
    kSmmuFimd0 = 287,
    kG2d = 277,
    kSmmuG2d = 280,
    kMdma = 279,
    kPdma0 = 292,
    kPdma1 = 293,
    kUart0 = 312,
    kI2c0 = 317,
    kPwm = 336,
    kMct = 344,
    kWdt = 345,
    kMoutHdmi = 396,
};

constexpr uint32_t kLevelHigh = 4;         // IRQ_TYPE_LEVEL_HIGH
constexpr uint32_t kSharedInterrupt = 0;   // GIC_SPI
constexpr uint32_t kPrivateInterrupt = 1;  // GIC_PPI

using system::Chip;

std::string unit_name(std::string_view name, std::string_view block, Chip chip = Chip::exynos4210) {
    return fmt::format("{}@{:x}", name, range_of(block, chip).base.value);
}

/// A node with the registers of one block. `chip` counts for blocks that lie elsewhere on the Exynos4412.
FdtNode block_node(std::string_view name, std::string_view block,
                   std::initializer_list<std::string_view> compatible, Chip chip = Chip::exynos4210) {
    const PhysRange range = range_of(block, chip);
    FdtNode node{unit_name(name, block, chip)};
    node.text("compatible", compatible);
    node.cells("reg", {range.base.value, static_cast<uint32_t>(range.size)});
    return node;
}

void append(std::vector<uint32_t>& cells, std::initializer_list<uint32_t> more) {
    for (const uint32_t cell : more) cells.push_back(cell);
}

void interrupt_spi(FdtNode& node, std::string_view line) {
    node.cells("interrupts", {kSharedInterrupt, spi_of(line), kLevelHigh});
}

void clocks(FdtNode& node, std::initializer_list<uint32_t> numbers,
            std::initializer_list<std::string_view> names) {
    std::vector<uint32_t> cells;
    for (const uint32_t number : numbers) append(cells, {kClockHandle, number});
    node.cells("clocks", cells);
    node.text("clock-names", names);
}

FdtNode chipid() { return block_node("chipid", "chipid", {"samsung,exynos4210-chipid"}); }

FdtNode scu() { return block_node("scu", "scu", {"arm,cortex-a9-scu"}); }

FdtNode l2c() {
    FdtNode node = block_node("cache-controller", "l2c", {"arm,pl310-cache"});
    node.empty("cache-unified").cells("cache-level", {2});
    node.cells("arm,tag-latency", {2, 2, 1}).cells("arm,data-latency", {2, 2, 1});
    return node;
}

FdtNode sysreg() {
    return block_node("syscon", "sysreg", {"samsung,exynos4-sysreg", "syscon"})
        .cells("phandle", {kSysregHandle});
}

FdtNode pmu(const Soc& soc) {
    FdtNode node = block_node("system-controller", "pmu", {soc.pmu_compatible, "simple-mfd", "syscon"});
    node.cells("phandle", {kPmuHandle});
    node.add(FdtNode{"syscon-poweroff"}
                 .text("compatible", "syscon-poweroff")
                 .cells("regmap", {kPmuHandle})
                 .cells("offset", {0x330C})  // PS_HOLD_CONTROL
                 .cells("mask", {0x5200}));  // hold bit cleared
    node.add(FdtNode{"syscon-reboot"}
                 .text("compatible", "syscon-reboot")
                 .cells("regmap", {kPmuHandle})
                 .cells("offset", {0x0400})  // SWRESET
                 .cells("mask", {1}));
    node.add(FdtNode{"mipi-phy"}
                 .text("compatible", "samsung,s5pv210-mipi-video-phy")
                 .cells("#phy-cells", {1})
                 .cells("phandle", {kMipiPhyHandle}));
    return node;
}

FdtNode power_domain(uint32_t offset, std::string_view label, Phandle handle) {
    const uint32_t base = range_of("pmu").base.value + offset;
    FdtNode node{fmt::format("power-domain@{:x}", base)};
    node.text("compatible", "samsung,exynos4210-pd").cells("reg", {base, 0x20});
    node.cells("#power-domain-cells", {0}).text("label", label).cells("phandle", {handle});
    return node;
}

FdtNode clock_controller(const Soc& soc) {
    FdtNode node = block_node("clock-controller", "cmu", {soc.clock_compatible});
    node.cells("#clock-cells", {1}).cells("phandle", {kClockHandle});
    return node;
}

FdtNode gic(const Soc& soc) {
    const PhysRange dist = range_of("gic_dist");
    const PhysRange cpu = range_of("gic_cpu");
    FdtNode node{unit_name("interrupt-controller", "gic_dist")};
    node.text("compatible", "arm,cortex-a9-gic").cells("#interrupt-cells", {3}).empty("interrupt-controller");
    node.cells("reg", {dist.base.value, static_cast<uint32_t>(dist.size), cpu.base.value,
                       static_cast<uint32_t>(cpu.size)});
    node.cells("cpu-offset", {soc.gic_stride}).cells("phandle", {kGicHandle});
    return node;
}

FdtNode combiner(const Soc& soc) {
    FdtNode node = block_node("interrupt-controller", "combiner", {"samsung,exynos4210-combiner"});
    node.cells("#interrupt-cells", {2}).empty("interrupt-controller");
    node.cells("samsung,combiner-nr", {soc.combiner_groups}).cells("phandle", {kCombinerHandle});
    std::vector<uint32_t> lines;
    for (uint32_t group = 0; group < soc.combiner_groups; ++group)
        append(lines, {kSharedInterrupt, combiner_spi(group), kLevelHigh});
    node.cells("interrupts", lines);
    return node;
}

FdtNode mct(const Soc& soc) {
    FdtNode node = block_node("timer", "mct", {soc.mct_compatible});
    clocks(node, {kFinPll, kMct}, {"fin_pll", "mct"});
    std::vector<uint32_t> lines;
    const auto spi = [&](std::string_view name) {
        append(lines, {kGicHandle, kSharedInterrupt, spi_of(name), kLevelHigh});
    };
    const auto combined = [&](const CombinerLine& line) {
        append(lines, {kCombinerHandle, line.group, line.bit});
    };
    const bool combined_g1 = soc.global_timer1.group != 0;
    spi("mct.g0");
    combined_g1 ? combined(soc.global_timer1) : spi("mct.g1");
    combined(combiner_line_of("mct.g2")), combined(combiner_line_of("mct.g3"));
    if (soc.local_timer_ppi >= 0) {
        append(lines,
               {kGicHandle, kPrivateInterrupt, static_cast<uint32_t>(soc.local_timer_ppi), kLevelHigh});
    } else {
        spi("mct.l0"), spi("mct.l1");
    }
    node.cells("interrupts-extended", lines);
    return node;
}

FdtNode uart(uint32_t n) {
    const std::string name = fmt::format("uart{}", n);
    FdtNode node = block_node("serial", name, {"samsung,exynos4210-uart"});
    interrupt_spi(node, name);
    clocks(node, {kUart0 + n, kSclkUart0 + n}, {"uart", "clk_uart_baud0"});
    return node;
}

/// The wire from the sensor's parallel port to camera port A.
FdtNode endpoint(Phandle self, Phandle other) {
    FdtNode node{"endpoint"};
    node.cells("phandle", {self}).cells("remote-endpoint", {other});
    node.cells("bus-width", {8})
        .cells("hsync-active", {1})
        .cells("vsync-active", {1})
        .cells("pclk-sample", {1});
    return node;
}

/// The link from the raw sensor to CSIS0: two lanes.
FdtNode mipi_endpoint(Phandle self, Phandle other) {
    FdtNode node{"endpoint"};
    node.cells("phandle", {self}).cells("remote-endpoint", {other}).cells("data-lanes", {1, 2});
    return node;
}

/// Source: Linux 6.1's binding sony,imx219.yaml.
FdtNode raw_sensor() {
    FdtNode sensor{fmt::format("sensor@{:x}", kRawSensorI2cAddress)};
    sensor.text("compatible", "sony,imx219").cells("reg", {kRawSensorI2cAddress});
    sensor.cells("clocks", {kRawSensorClockHandle});
    FdtNode endpoint = mipi_endpoint(kRawSensorPortHandle, kCsisPortHandle);
    endpoint.empty("clock-noncontinuous").number("link-frequencies", 456'000'000);
    sensor.add(FdtNode{"port"}.add(std::move(endpoint)));
    return sensor;
}

FdtNode csis(uint32_t n) {
    const std::string name = fmt::format("csis{}", n);
    FdtNode node = block_node("csis", name, {"samsung,exynos4210-csis"});
    interrupt_spi(node, name);
    clocks(node, {kCsis0 + n, kSclkCsis0 + n}, {"csis", "sclk_csis"});
    node.cells("bus-width", {n == 0 ? 4U : 2U}).cells("power-domains", {kPdCamHandle});
    node.cells("phys", {kMipiPhyHandle, 2 * n}).text("phy-names", "csis");
    node.cells("#address-cells", {1}).cells("#size-cells", {0});
    if (n != 0)
        return std::move(node.text("status", "disabled"));  // without a sensor Linux would wait for one
    FdtNode port{"port@3"};                                 // camera C
    port.cells("reg", {3}).add(mipi_endpoint(kCsisPortHandle, kRawSensorPortHandle));
    return std::move(node.add(std::move(port)));
}

FdtNode i2c(uint32_t n, std::string_view compatible = "samsung,s3c2440-i2c") {
    const std::string name = fmt::format("i2c{}", n);
    FdtNode node = block_node("i2c", name, {compatible});
    node.cells("#address-cells", {1}).cells("#size-cells", {0});
    interrupt_spi(node, name);
    clocks(node, {kI2c0 + n}, {"i2c"});
    return node;
}

/// A Y'CbCr sensor and the parallel camera port it is wired to.
struct ParallelCamera {
    uint8_t address;  ///< on I2C0
    uint32_t port;    ///< of the binding: 1 = A, 2 = B
    Phandle sensor_end, port_end;
};
constexpr ParallelCamera kCameraA{kSensorI2cAddress, 1, kSensorPortHandle, kCameraPortHandle},
    kCameraB{kSensorBI2cAddress, 2, kSensorBPortHandle, kCameraBPortHandle};

FdtNode parallel_sensor(const ParallelCamera& camera) {
    FdtNode sensor{fmt::format("sensor@{:x}", camera.address)};
    sensor.text("compatible", "samsung,s5k6aa").cells("reg", {camera.address});
    sensor.add(FdtNode{"port"}.add(endpoint(camera.sensor_end, camera.port_end)));
    return sensor;
}

FdtNode i2c0(bool with_cameras, const config::Platform& platform) {
    FdtNode node = i2c(0);
    if (!with_cameras) return node;
    node.add(parallel_sensor(kCameraA));
    if (platform.device("sensor_b")) node.add(parallel_sensor(kCameraB));
    if (platform.device("csis0")) node.add(raw_sensor());
    return node;
}

/// What one FIMC can do. Source: Linux 6.1's exynos4210.dtsi and exynos4412.dtsi.
struct FimcKind {
    std::array<uint32_t, 4> pixel_limits;  // wide at most: scaled, not scaled, rotated, not rotated
    bool rotators, camera_interface, lcd_writeback;
};
constexpr FimcKind kFimcKinds[] = {
    {{4224, 8192, 1920, 4224}, true, true, false},
    {{4224, 8192, 1920, 4224}, true, true, false},
    {{4224, 8192, 1920, 4224}, true, false, true},
    {{1920, 8192, 1366, 1920}, false, false, true},
};

/// How a block's DMA reaches memory: through which SysMMU, and whether it sees the processor's caches.
void add_way_to_memory(FdtNode& node, std::string_view block, const config::Platform& platform,
                       uint32_t sysmmu) {
    if (platform.device(block)->iommu) node.cells("iommus", {sysmmu});
    if (platform.coherent(block)) node.empty("dma-coherent");
}

FdtNode fimc(uint32_t n, const config::Platform& platform) {
    const Soc& chip = soc_of(platform.soc);
    const FimcKind& kind = kFimcKinds[n];
    const bool later = chip.chip == Chip::exynos4412;  // each takes the ISP's pictures, three the sensors'
    FdtNode node = block_node("fimc", kFimcs[n], {chip.fimc_compatible});
    interrupt_spi(node, kFimcs[n]);
    clocks(node, {kFimc0 + n, kSclkFimc0 + n}, {"fimc", "sclk_fimc"});
    node.cells("power-domains", {kPdCamHandle}).cells("samsung,sysreg", {kSysregHandle});
    add_way_to_memory(node, kFimcs[n], platform, kSysmmuFimcHandle + n);
    node.cells("samsung,pix-limits", {kind.pixel_limits.begin(), kind.pixel_limits.end()});
    if (!kind.rotators) node.cells("samsung,rotators", {0});
    node.empty("samsung,mainscaler-ext");
    if (kind.camera_interface || (later && n == 2)) node.empty("samsung,cam-if");
    if (later) node.empty("samsung,isp-wb");
    if (kind.lcd_writeback) node.empty("samsung,lcd-wb");
    return node;
}

FdtNode camera_port(const ParallelCamera& camera) {
    FdtNode port{fmt::format("port@{}", camera.port)};
    port.cells("reg", {camera.port}).add(endpoint(camera.port_end, camera.sensor_end));
    return port;
}

FdtNode camera_ports(bool both) {
    FdtNode ports{"parallel-ports"};
    ports.cells("#address-cells", {1}).cells("#size-cells", {0}).add(camera_port(kCameraA));
    if (both) ports.add(camera_port(kCameraB));
    return ports;
}

FdtNode sysmmu(std::string_view block, uint32_t handle, std::optional<Phandle> domain, uint32_t clock,
               uint32_t master_clock, Chip chip = Chip::exynos4210) {
    FdtNode node = block_node("sysmmu", block, {"samsung,exynos-sysmmu"}, chip);
    const CombinerLine line = combiner_line_of(block);
    node.cells("interrupt-parent", {kCombinerHandle}).cells("interrupts", {line.group, line.bit});
    clocks(node, {clock, master_clock}, {"sysmmu", "master"});
    if (domain) node.cells("power-domains", {*domain});
    node.cells("#iommu-cells", {0}).cells("phandle", {handle});
    return node;
}

FdtNode mixer(bool iommu, const Soc& chip) {
    FdtNode node{unit_name("mixer", "mixer0")};
    node.text("compatible", chip.mixer_compatible);
    node.cells("reg", {range_of("mixer0").base.value, 0x2100, range_of("vp").base.value, 0x300});
    interrupt_spi(node, "mixer0");
    clocks(node, {kMixer, kHdmi, kSclkHdmi, kVp, kSclkMixer},
           {"mixer", "hdmi", "sclk_hdmi", "vp", "sclk_mixer"});
    node.cells("power-domains", {kPdTvHandle});
    if (iommu) node.cells("iommus", {kSysmmuTvHandle});
    return node;
}

FdtNode dma_controller(std::string_view name, uint32_t clock, uint32_t requests) {
    FdtNode node = block_node("dma-controller", name, {"arm,pl330", "arm,primecell"});
    interrupt_spi(node, name);
    clocks(node, {clock}, {"apb_pclk"});
    node.cells("#dma-cells", {1}).cells("dma-channels", {8}).cells("dma-requests", {requests});
    return node;
}

FdtNode watchdog() {
    FdtNode node = block_node("watchdog", "wdt", {"samsung,s3c6410-wdt"});
    interrupt_spi(node, "wdt");
    clocks(node, {kWdt}, {"watchdog"});
    return node;
}

FdtNode pwm() {
    FdtNode node = block_node("pwm", "pwm", {"samsung,exynos4210-pwm"});
    std::vector<uint32_t> lines;
    for (const char* timer : {"pwm0", "pwm1", "pwm2", "pwm3", "pwm4"})
        append(lines, {kSharedInterrupt, spi_of(timer), kLevelHigh});
    node.cells("interrupts", lines).cells("#pwm-cells", {3});
    clocks(node, {kPwm}, {"timers"});
    return node;
}

/// Version 3 is what s5p-g2d serves, 4.1 what exynos_drm_g2d does. On the Exynos4412 it is in no power
/// domain.
FdtNode g2d(const config::Platform& platform, const Soc& chip) {
    const std::string_view version = platform.g2d_version(*platform.device("g2d"));
    FdtNode node = block_node(
        "g2d", "g2d", {version == "4.1" ? "samsung,exynos4212-g2d" : "samsung,s5pv210-g2d"}, chip.chip);
    interrupt_spi(node, "g2d");
    clocks(node, {kSclkFimg2d, kG2d}, {"sclk_fimg2d", "fimg2d"});
    if (chip.chip == Chip::exynos4210) node.cells("power-domains", {kPdLcd0Handle});
    add_way_to_memory(node, "g2d", platform, kSysmmuG2dHandle);
    return node;
}

FdtNode hdmi(const Soc& chip) {
    FdtNode node = block_node("hdmi", "hdmi", {chip.hdmi_compatible});
    interrupt_spi(node, "hdmi");
    clocks(node, {kHdmi, kSclkHdmi, kSclkPixel, kSclkHdmiphy, kMoutHdmi},
           {"hdmi", "sclk_hdmi", "sclk_pixel", "sclk_hdmiphy", "mout_hdmi"});
    node.cells("power-domains", {kPdTvHandle}).cells("samsung,syscon-phandle", {kPmuHandle});
    node.cells("ddc", {kDdcHandle}).cells("phy", {kHdmiPhyHandle});
    node.cells("hpd-gpios", {kGpx3Handle, kHotPlugPin, 0});  // GPIO_ACTIVE_HIGH
    return node;
}

/// The PHY on its own I2C controller, inside the chip.
FdtNode hdmi_phy(const Soc& chip) {
    FdtNode phy{fmt::format("hdmiphy@{:x}", kHdmiPhyI2cAddress)};
    phy.text("compatible", chip.hdmi_phy_compatible).cells("reg", {kHdmiPhyI2cAddress});
    FdtNode node = i2c(8, "samsung,s3c2440-hdmiphy-i2c");
    node.add(std::move(phy.cells("phandle", {kHdmiPhyHandle})));
    return node;
}

/// An 800x480 panel on FIMD's RGB port, as the binding has it: its timing inside the controller's node.
FdtNode fimd(bool iommu) {
    FdtNode node = block_node("fimd", "fimd0", {"samsung,exynos4210-fimd"});
    node.cells("interrupt-parent", {kCombinerHandle});
    std::vector<uint32_t> lines;
    for (const std::string_view name : {"fimd0.fifo", "fimd0.vsync", "fimd0.sys"}) {
        const CombinerLine line = combiner_line_of(name);
        append(lines, {line.group, line.bit});
    }
    node.cells("interrupts", lines).text("interrupt-names", {"fifo", "vsync", "lcd_sys"});
    clocks(node, {kSclkFimd0, kFimd0}, {"sclk_fimd", "fimd"});
    node.cells("power-domains", {kPdLcd0Handle}).cells("samsung,sysreg", {kSysregHandle});
    if (iommu) node.cells("iommus", {kSysmmuFimd0Handle});
    FdtNode timing{"timing0"};
    timing.cells("clock-frequency", {32'000'000}).cells("hactive", {800}).cells("vactive", {480});
    timing.cells("hfront-porch", {40}).cells("hback-porch", {88}).cells("hsync-len", {128});
    timing.cells("vfront-porch", {10}).cells("vback-porch", {33}).cells("vsync-len", {2});
    FdtNode timings{"display-timings"};
    timings.add(std::move(timing));
    node.add(std::move(timings));
    return node;
}

FdtNode simctl() { return block_node("simctl", "simctl", {"exysim,simctl"}); }

void add_camera(FdtNode& soc, const config::Platform& platform) {
    FdtNode camera{"camera"};
    camera.text("compatible", {"samsung,fimc", "simple-bus"}).text("status", "okay");
    camera.cells("#address-cells", {1}).cells("#size-cells", {1}).empty("ranges");
    bool any = false;
    for (uint32_t n = 0; n < std::size(kFimcs); ++n) {
        const auto* device = platform.device(kFimcs[n]);
        if (!device) continue;
        any = true;
        if (device->iommu) {
            soc.add(sysmmu(fmt::format("sysmmu_{}", kFimcs[n]), kSysmmuFimcHandle + n, kPdCamHandle,
                           kSmmuFimc0 + n, kFimc0 + n));
        }
        camera.add(fimc(n, platform));
    }
    soc.add(i2c0(any, platform));
    for (uint32_t n = 0; any && n < 2; ++n) {
        if (platform.device(fmt::format("csis{}", n))) camera.add(csis(n));
    }
    if (any) soc.add(std::move(camera.add(camera_ports(platform.device("sensor_b") != nullptr))));
}

void add_display(FdtNode& soc, const config::PlatformDevice* device, const Soc& chip) {
    if (!device) return;
    if (device->iommu) soc.add(sysmmu("sysmmu_tv", kSysmmuTvHandle, kPdTvHandle, kSmmuTv, kMixer));
    soc.add(mixer(device->iommu, chip))
        .add(hdmi(chip))
        .add(hdmi_phy(chip))
        .add(i2c(2).cells("phandle", {kDdcHandle}));
}

void add_panel(FdtNode& soc, const config::PlatformDevice* device) {
    if (!device) return;
    if (device->iommu) soc.add(sysmmu("sysmmu_fimd0", kSysmmuFimd0Handle, kPdLcd0Handle, kSmmuFimd0, kFimd0));
    soc.add(fimd(device->iommu));
}

void add_gpu(FdtNode& soc, const config::Platform& platform, const Soc& chip) {
    const config::PlatformDevice* device = platform.device("g2d");
    if (!device) return;
    std::optional<Phandle> domain;
    if (chip.chip == Chip::exynos4210) domain = kPdLcd0Handle;
    if (device->iommu) soc.add(sysmmu("sysmmu_g2d", kSysmmuG2dHandle, domain, kSmmuG2d, kG2d, chip.chip));
    soc.add(g2d(platform, chip));
}

FdtNode soc_node(const config::Platform& platform) {
    FdtNode soc{"soc"};
    soc.text("compatible", "simple-bus")
        .cells("#address-cells", {1})
        .cells("#size-cells", {1})
        .empty("ranges");
    const Soc& chip = soc_of(platform.soc);
    soc.add(gic(chip)).add(combiner(chip)).add(clock_controller(chip)).add(mct(chip));
    soc.add(chipid()).add(sysreg()).add(pmu(chip));
    soc.add(power_domain(0x3C80, "LCD0", kPdLcd0Handle)).add(power_domain(0x3C00, "CAM", kPdCamHandle));
    soc.add(
        power_domain(0x3C20, "TV", kPdTvHandle).cells("power-domains", {kPdLcd0Handle}));  // TV hangs on LCD0
    soc.add(scu()).add(l2c());
    for (uint32_t n = 0; n < 4; ++n) soc.add(uart(n));
    soc.add(dma_controller("pdma0", kPdma0, 32)).add(dma_controller("pdma1", kPdma1, 32));
    soc.add(dma_controller("mdma1", kMdma, 1).cells("power-domains", {kPdLcd0Handle}))
        .add(watchdog())
        .add(pwm());
    for (FdtNode& pins : pin_controllers(chip, kGicHandle, kGpx3Handle)) soc.add(std::move(pins));
    add_camera(soc, platform);
    add_display(soc, platform.device("mixer0"), chip);
    add_panel(soc, platform.device("fimd0"));
    add_gpu(soc, platform, chip);
    if (platform.device("simctl")) soc.add(simctl());
    return soc;
}

/// The cores' performance monitors.
FdtNode performance_monitors(const config::Cpu& cpu) {
    FdtNode node{"pmu"};
    node.text("compatible", "arm,cortex-a9-pmu").cells("interrupt-parent", {kCombinerHandle});
    std::vector<uint32_t> lines;
    for (uint32_t n = 0; n < cpu.count; ++n) append(lines, {kPmuGroups[n], kPmuBit});
    return node.cells("interrupts", lines);
}

FdtNode cpus_node(const config::Cpu& cpu, const Soc& soc) {
    FdtNode cpus{"cpus"};
    cpus.cells("#address-cells", {1}).cells("#size-cells", {0});
    for (uint32_t n = 0; n < cpu.count; ++n) {
        const uint32_t id = (soc.mpidr & 0xFFF) + n;  // MPIDR affinity
        FdtNode node{fmt::format("cpu@{:x}", id)};
        node.text("device_type", "cpu").text("compatible", "arm,cortex-a9").cells("reg", {id});
        node.cells("clocks", {kClockHandle, kArmClk}).text("clock-names", "cpu");
        node.cells("clock-frequency", {static_cast<uint32_t>(cpu.clock_hz)});
        cpus.add(std::move(node));
    }
    return cpus;
}

FdtNode aliases_node(const config::Platform& platform) {
    FdtNode aliases{"aliases"};
    const auto alias = [&](std::string_view name, const std::string& path) {
        aliases.text(name, "/soc/" + path);
    };
    for (int n = 0; n < 4; ++n)
        alias(fmt::format("serial{}", n), unit_name("serial", fmt::format("uart{}", n)));
    alias("i2c0", unit_name("i2c", "i2c0"));
    for (int n = 0; n < 3; ++n)
        alias(fmt::format("pinctrl{}", n), unit_name("pinctrl", fmt::format("gpio{}", n)));
    for (const std::string_view name : kFimcs) {
        if (platform.device(name)) alias(name, "camera/" + unit_name("fimc", name));
    }
    for (const std::string_view name : {"csis0", "csis1"}) {
        if (platform.device(name) && platform.device("fimc0"))
            alias(name, "camera/" + unit_name("csis", name));
    }
    if (platform.device("mixer0")) alias("mixer0", unit_name("mixer", "mixer0"));
    if (platform.device("g2d")) alias("g2d", unit_name("g2d", "g2d", soc_of(platform.soc).chip));
    return aliases;
}

FdtNode crystals_node() {
    const auto crystal = [](std::string_view name, uint32_t hertz) {
        FdtNode node{std::string{name}};
        node.text("compatible", fmt::format("samsung,clock-{}", name)).cells("clock-frequency", {hertz});
        return node;
    };
    FdtNode node{"fixed-rate-clocks"};
    node.add(crystal("xxti", 0)).add(crystal("xusbxti", 24'000'000));
    FdtNode camera{"camera-clock"};  // beside the raw sensor, on the board
    camera.text("compatible", "fixed-clock")
        .cells("#clock-cells", {0})
        .cells("clock-frequency", {24'000'000});
    node.add(std::move(camera.cells("phandle", {kRawSensorClockHandle})));
    return node;
}

FdtNode memory_node(const config::Ram& ram) {
    FdtNode memory{fmt::format("memory@{:x}", kRamBase.value)};
    memory.text("device_type", "memory").cells("reg", {kRamBase.value, static_cast<uint32_t>(ram.size)});
    return memory;
}

}  // namespace

FdtNode chosen_node(const BootFacts& facts) {
    FdtNode chosen{"chosen"};
    chosen.text("bootargs", facts.arguments);
    chosen.text("stdout-path", fmt::format("serial{}:115200n8", facts.console));
    if (facts.initrd) {
        chosen.cells("linux,initrd-start", {facts.initrd->base.value});
        chosen.cells("linux,initrd-end", {static_cast<uint32_t>(facts.initrd->end())});
    }
    if (facts.scenario || facts.exec) chosen.add(scenario_node(facts.scenario, facts.exec));
    return chosen;
}

FdtNode device_tree(const config::Platform& platform, const BootFacts& facts) {
    FdtNode root{""};
    root.cells("#address-cells", {1}).cells("#size-cells", {1});
    root.text("model", "exysim " + platform.name);
    const Soc& soc = soc_of(platform.soc);
    root.text("compatible", {soc.compatible[0], soc.compatible[1], "samsung,exynos4"});
    root.cells("interrupt-parent", {kGicHandle});
    root.add(chosen_node(facts)).add(aliases_node(platform)).add(memory_node(platform.ram));
    root.add(cpus_node(platform.cpu, soc))
        .add(performance_monitors(platform.cpu))
        .add(crystals_node())
        .add(soc_node(platform));
    return root;
}

}  // namespace exysim::board
