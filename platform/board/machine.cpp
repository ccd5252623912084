#include "platform/board/machine.hpp"

#include "models/cache/hierarchy.hpp"
#include "models/camera/patterns.hpp"
#include "platform/pictures/clip_source.hpp"

namespace exysim::board {

namespace {

constexpr camera::FrameSize kUsualPicture{1280, 720};
constexpr uint32_t kUartFifoBytes[] = {256, 64, 16, 16};  // Exynos4 UART0..3

sc_core::sc_time nanoseconds(uint64_t ns) {
    return sc_core::sc_time(static_cast<double>(ns), sc_core::SC_NS);
}

dram::DramConfig ram_config(const config::Ram& ram, std::string_view mode) {
    dram::DramConfig made;
    made.size = ram.size;
    made.latency = nanoseconds(ram.latency_ns);
    made.bytes_per_ns = static_cast<double>(ram.bandwidth) / 1e9;
    if (ram.uses_controller(mode)) made.controller = ram.controller;
    made.timed_by_bus = mode == "timing";
    return made;
}

interconnect::MasterConfig bus_master(const config::BusMaster& master) {
    const auto number = [](uint64_t n) { return static_cast<uint32_t>(n); };
    interconnect::MasterConfig made;
    made.port = {number(master.width / 8), master.clock_hz};
    made.reads = number(master.reads);
    made.writes = number(master.writes);
    made.beats = number(master.beats);
    made.priority = static_cast<uint8_t>(master.priority);
    made.bytes_per_ns = static_cast<double>(master.rate) / 1e9;
    made.allowance = static_cast<double>(master.allowance);
    return made;
}

interconnect::BusConfig bus_config(const config::Platform& platform) {
    using interconnect::Arbitration;
    const config::Bus& bus = platform.bus;
    interconnect::BusConfig made{.latency = nanoseconds(bus.latency_ns)};
    if (platform.mode != "timing") return made;
    interconnect::ContentionConfig contention;
    for (const auto& [name, master] : bus.masters) contention.masters[name] = bus_master(master);
    contention.memory = {static_cast<uint32_t>(bus.memory.width / 8), bus.memory.clock_hz};
    contention.arbitration = bus.arbitration == "fixed" ? Arbitration::fixed
                             : bus.arbitration == "qos" ? Arbitration::qos
                                                        : Arbitration::round_robin;
    made.contention = contention;
    return made;
}

std::unique_ptr<cache::Hierarchy> make_caches(const config::Platform& platform, Statistics& statistics) {
    if (platform.mode != "timing") return nullptr;
    constexpr uint64_t kPicosecondsPerNanosecond = 1000;
    const auto size = [](uint64_t n) { return static_cast<uint32_t>(n); };
    cache::Config made;
    made.cores = size(platform.cpu.count);
    made.l1 = {size(platform.l1.size), size(platform.l1.ways)};
    made.l2 = {size(platform.l2.size), size(platform.l2.ways)};
    made.cycle = cache::cycle_of(platform.cpu.clock_hz);
    made.l2_cycles = size(platform.l2.latency);
    made.l2_miss = platform.l2.miss_ns * kPicosecondsPerNanosecond;
    const uint64_t age = platform.store_buffer.max_age_ns;
    made.max_age = age == 0 ? kNever : age * kPicosecondsPerNanosecond;
    made.speculation = platform.speculation == "off"       ? cache::Speculation::off
                       : platform.speculation == "default" ? cache::Speculation::usual
                                                           : cache::Speculation::aggressive;
    made.seed = platform.seed;
    return std::make_unique<cache::Hierarchy>(made, statistics);
}

cpu::ClusterConfig cpu_config(const config::Platform& platform, const Machine::Options& options,
                              ClusterMemory* memory) {
    cpu::ClusterConfig made;
    const Soc& soc = soc_of(platform.soc);
    made.midr = soc.midr;
    made.mpidr = soc.mpidr;
    made.block_timing = platform.mode == "timing";
    made.tlbs = made.block_timing ? cpu::Tlbs::present : cpu::Tlbs::absent;
    made.count = static_cast<uint32_t>(platform.cpu.count);
    made.frequency_hz = platform.cpu.clock_hz;
    made.slice = nanoseconds(platform.timing.slice_ns);
    made.semihosting = options.semihosting;
    made.memory = memory;
    return made;
}

camera::FrameTimes frame_times(const config::Input& input) {
    using AtEnd = camera::FrameTimes::AtEnd;
    camera::FrameTimes times;
    for (const uint64_t ns : input.times_ns) times.recorded.push_back(ns * 1000);
    times.at_end = input.at_end == "hold" ? AtEnd::hold : input.at_end == "stop" ? AtEnd::stop : AtEnd::loop;
    return times;
}

/// What the sensor that scenarios call `name` sees and when: the input of the one capture that watches it.
camera::SensorConfig sensor_config(const config::Scenario* scenario, std::string_view name) {
    if (!scenario) return {camera::make_pattern("bars", kUsualPicture)};
    for (const config::Source* source : scenario->sources()) {
        const config::Input& input = *scenario->input(source->input);
        if (input.sensor != name) continue;
        const config::Size size = scenario->buffer(source->output)->size;
        const camera::FrameSize fallback{static_cast<uint32_t>(size.width),
                                         static_cast<uint32_t>(size.height)};
        return {pictures::make_source(input, fallback), frame_times(input)};
    }
    return {camera::make_pattern("bars", kUsualPicture)};
}

/// What the raw sensor sees: the scenario's first input for it.
std::unique_ptr<camera::FrameSource> raw_scene(const config::Scenario* scenario) {
    if (scenario) {
        for (const config::Input& input : scenario->inputs) {
            if (input.sensor == "raw") return pictures::make_source(input, kUsualPicture);
        }
    }
    return camera::make_pattern("zoneplate", kUsualPicture);
}

/// `version`: "2.0".
iommu::SysMmuConfig mmu_config(std::string_view version) {
    iommu::SysMmuConfig made;
    const auto major = static_cast<uint32_t>(version[0] - '0'),
               minor = static_cast<uint32_t>(version[2] - '0');
    made.version = major << 28 | minor << 21;
    if (version == "3.3") made.version |= made.tlb_entries;  // bits 6:0 say how many
    return made;
}

iommu::SysMmuConfig mmu_config(const config::Platform& platform, const config::PlatformDevice& device) {
    iommu::SysMmuConfig made = mmu_config(platform.sysmmu_version(device));
    made.quirk_first_level_ahead = device.sysmmu_first_level_ahead;
    made.quirk_prefetch_multi_hit = device.sysmmu_prefetch_multi_hit;
    return made;
}

display::LineFetcherConfig fetching(const config::Platform& platform) {
    return {.skew = nanoseconds(platform.timing.skew_ns), .whole_lines = platform.mode == "fast"};
}

GatedAccess gated_access(const config::Power& power) {
    return power.gated_access == "hang"     ? GatedAccess::hang
           : power.gated_access == "ignore" ? GatedAccess::ignore
                                            : GatedAccess::abort;
}

uint32_t cores(const config::Platform& platform) { return static_cast<uint32_t>(platform.cpu.count); }

system::BootRomConfig boot_rom_config(const Soc& soc) {
    return {range_of("gic_cpu").base, soc.gic_stride, soc.boot_word, soc.boot_word_stride};
}

}  // namespace

Machine::Machine(const config::Platform& platform, const Options& options)
    : ram{"ram", ram_config(platform.ram, platform.mode), instruments_},
      caches{make_caches(platform, statistics)},
      cpu{"cpu", cpu_config(platform, options, caches.get()), instruments_},
      bus{"bus", bus_config(platform), instruments_},
      boot_rom{"irom", boot_rom_config(soc_of(platform.soc)), instruments_},
      sysram{"sysram", {soc_of(platform.soc).sysram_bytes}, instruments_},
      chipid{"chipid", {soc_of(platform.soc).chip}, instruments_},
      sysreg{"sysreg", {}, instruments_},
      cmu{"cmu", {soc_of(platform.soc).chip}, instruments_},
      pmu{"pmu", {}, instruments_},
      supplies{cmu, pmu, gated_access(platform.power)},
      mct{"mct", {cores(platform)}, instruments_},
      combiner{"combiner", {soc_of(platform.soc).combiner_groups}, instruments_},
      gic{"gic", {cores(platform), soc_of(platform.soc).gic_stride}, instruments_},
      private_region{"scu",
                     {cores(platform),
                      [this, hz = platform.cpu.clock_hz] { return hz / cmu.core().periphclk_divider(); }},
                     instruments_},
      l2c{"l2c", caches ? &caches->level2() : nullptr, instruments_},
      i2c0{"i2c0", {[this] { return cmu.core().aclk100_hz(); }}, instruments_},
      parts{[this] { return cmu.core().aclk100_hz(); }, nanoseconds(platform.timing.skew_ns),
            mmu_config(platform.usual_sysmmu()), instruments_},
      soc_{soc_of(platform.soc)},
      ram_range_{kRamBase, platform.ram.size} {
    guest_errors.clock = [] { return picoseconds(sc_core::sc_time_stamp()); };
    guest_errors.pc = [this] { return cpu.pc(0); };
    if (caches) coherent_ = {platform.acp.begin(), platform.acp.end()};  // transparent ones are so without
    build_uarts();
    if (platform.device("simctl")) build_simctl();
    build_cameras(platform, options);
    if (const auto* device = platform.device("mixer0")) build_display(*device, platform);
    if (const auto* device = platform.device("fimd0")) build_panel(*device, platform);
    if (const auto* device = platform.device("g2d")) build_gpu(*device, platform);
    build_lone_mmus(platform);
    map_targets();
    map_parts();
    wire_interrupts();
    wire_parts();
    if (!platform.power.domains_at_boot) supplies.switch_off_domains();
    wire_power();
}

void Machine::start(PhysAddr entry, uint32_t r0, uint32_t r1, uint32_t r2) {
    cpu.start_at(0, entry, r0, r1, r2);
    for (unsigned core = 1; core < cpu.count(); ++core) cpu.power(core, true);
}

Machine::~Machine() = default;

std::span<uint8_t> Machine::memory(PhysRange range) {
    if (range.base < ram_range_.base || range.end() > ram_range_.end()) return {};
    return ram.bytes().subspan(range.base - ram_range_.base, range.size);
}

cache::Acp& Machine::new_acp(const std::string& master) {
    const std::string name = "acp_" + master;
    cache::Acp& acp = *acps_.emplace_back(std::make_unique<cache::Acp>(name.c_str(), *caches, ram_range_));
    acp.moved.attach([this, master](const cache::CoherentBurst& b) {
        coherent_transferred({master, b.direction, b.address, b.data});
    });
    return acp;
}

void Machine::build_uarts() {
    for (uint32_t n = 0; n < std::size(kUartFifoBytes); ++n) {
        const std::string name = "uart" + std::to_string(n);
        const system::UartConfig uart{kUartFifoBytes[n], [this, n] { return cmu.core().uart_hz(n); }};
        uarts.emplace_back(name.c_str(), uart, instruments_);
    }
}

void Machine::build_simctl() {
    system::GuestMemory views;
    // The processor's view: a record may be in its caches alone.
    views.physical = [this](PhysAddr at, std::span<uint8_t> into) {
        const bool memory = ram_range_.base <= at && at.value + into.size() <= ram_range_.end();
        return memory && cpu.debug_read(cpu.accessing().value_or(0), at, into);
    };
    views.virtual_ = [this](VirtAddr at, std::span<uint8_t> into) {
        return cpu.debug_read(cpu.accessing().value_or(0), at, into);
    };
    simctl = std::make_unique<system::Simctl>("simctl", system::SimctlConfig{views}, instruments_);
}

MediaMemory Machine::build_memory(const config::PlatformDevice& device, const config::Platform& platform,
                                  const std::string& mmu_name) {
    MediaMemory made;
    if (!device.iommu) return made;
    made.mmu = std::make_unique<iommu::SysMmu>(mmu_name.c_str(), mmu_config(platform, device), instruments_);
    add_dma_master(device.name, device.name, made.mmu->memory);
    place(mmu_name, *made.mmu);
    wire_combiner(mmu_name, made.mmu->irq);
    mmus.emplace(device.name, made.mmu.get());
    return made;
}

void Machine::build_lone_mmus(const config::Platform& platform) {
    for (const LoneMmu& row : kLoneMmus) {
        if (!(soc_.chip == system::Chip::exynos4412 ? row.on_4412 : row.on_4210)) continue;
        const std::string name{row.name};
        const auto* master = platform.device(name.substr(name.find('_') + 1));
        if (master != nullptr && master->iommu) continue;  // build_memory() has made it
        iommu::SysMmu& mmu =
            lone_mmus.emplace_back(name.c_str(), mmu_config(platform.usual_sysmmu()), instruments_);
        place(name, mmu);
        if (combiner_line_of(name).group != 0) {
            wire_combiner(name, mmu.irq);
        } else {
            wires_.leave_open(mmu.irq);
        }
    }
}

FimcUnit* Machine::fimc(const std::string& name) {
    const auto found = fimcs.find(name);
    return found == fimcs.end() ? nullptr : found->second.get();
}

void Machine::build_cameras(const config::Platform& platform, const Options& options) {
    for (const std::string_view name : kFimcs) {
        if (const auto* device = platform.device(name)) build_fimc(*device, platform);
    }
    for (const std::string_view name : kFimcLites) {
        if (const auto* device = platform.device(name)) build_fimc_lite(*device, platform);
    }
    if (fimcs.empty() && fimc_lites.empty()) return;
    const auto build_sensor = [&](const char* instance, std::string_view called, camera::CameraPort port,
                                  uint8_t address) {
        auto sensor =
            std::make_unique<camera::Sensor>(instance, sensor_config(options.scenario, called), instruments_);
        for (auto& [name, unit] : fimcs) sensor->connect(unit->fimc.input(port));
        for (auto& [name, unit] : fimc_lites) sensor->connect(unit->lite.input(port));
        i2c0.attach(address, sensor->i2c());
        return sensor;
    };
    sensor0 = build_sensor("sensor0", "yuv", camera::CameraPort::itu_a, kSensorI2cAddress);
    if (platform.device("csis0")) {
        build_csis("csis0", 4, kMipiPhy0Control, camera::CameraPort::mipi_0);
        sensor1 = std::make_unique<camera::BayerSensor>("sensor1", raw_scene(options.scenario), instruments_);
        sensor1->connect(*csis.at("csis0"));
        i2c0.attach(kRawSensorI2cAddress, sensor1->i2c());
    }
    if (platform.device("sensor_b"))
        sensor2 = build_sensor("sensor2", "yuv_b", camera::CameraPort::itu_b, kSensorBI2cAddress);
    if (platform.device("csis1")) build_csis("csis1", 2, kMipiPhy1Control, camera::CameraPort::mipi_1);
}

/// `phy_control`: the PMU's register for its D-PHY, of which the enable and the reset release bit must be
/// set.
void Machine::build_csis(const std::string& name, uint32_t lanes, uint32_t phy_control,
                         camera::CameraPort port) {
    constexpr uint32_t kOn = 3;
    const auto powered = [this, phy_control] { return (pmu.core().regs.word(phy_control) & kOn) == kOn; };
    auto made =
        std::make_unique<camera::Csis>(name.c_str(), camera::CsisConfig{lanes, powered}, instruments_);
    for (auto& [fimc_name, unit] : fimcs) made->connect(unit->fimc.input(port));
    for (auto& [lite_name, unit] : fimc_lites) made->connect(unit->lite.input(port));
    place(name, *made);
    wire_spi(name, made->irq);
    csis.emplace(name, std::move(made));
}

void Machine::build_fimc(const config::PlatformDevice& device, const config::Platform& platform) {
    auto unit =
        std::make_unique<FimcUnit>(device.name, build_memory(device, platform, "sysmmu_" + device.name),
                                   nanoseconds(platform.timing.skew_ns), instruments_);
    connect_dma(unit->memory, device.name, device.name, unit->fimc.dma.socket);
    place(device.name, unit->fimc);
    release_on_reset(unit->memory, unit->fimc, {0});
    wire_spi(device.name, unit->fimc.irq);
    fimcs.emplace(device.name, std::move(unit));
}

void Machine::build_fimc_lite(const config::PlatformDevice& device, const config::Platform& platform) {
    auto unit =
        std::make_unique<FimcLiteUnit>(device.name, build_memory(device, platform, "sysmmu_" + device.name),
                                       nanoseconds(platform.timing.skew_ns), instruments_);
    connect_dma(unit->memory, device.name, device.name, unit->lite.dma.socket);
    place(device.name, unit->lite);
    release_on_reset(unit->memory, unit->lite, {0});
    wire_spi(device.name, unit->lite.irq);
    fimc_lites.emplace(device.name, std::move(unit));
}

void Machine::build_display(const config::PlatformDevice& device, const config::Platform& platform) {
    display = std::make_unique<Display>(build_memory(device, platform, "sysmmu_tv"), fetching(platform),
                                        Outputs{{soc_.hdmi, device.screen}, soc_.sdo}, instruments_);
    connect_dma(display->memory, "vp", device.name, display->vp.fetcher.dma.socket);
    connect_dma(display->memory, "graphics0", device.name, display->mixer.graphics0.dma.socket);
    connect_dma(display->memory, "graphics1", device.name, display->mixer.graphics1.dma.socket);
    release_on_reset(display->memory, display->vp, {0});  // as bound above
    release_on_reset(display->memory, display->mixer, {1, 2});
    place("vp", display->vp);
    place(device.name, display->mixer);
    place("hdmi", display->hdmi);
    wire_spi(device.name, display->mixer.irq);
    wire_spi("hdmi", display->hdmi.irq);
    constexpr size_t kPhyBus = 8 - Peripherals::kFirstI2c, kScreenBus = 2 - Peripherals::kFirstI2c;
    parts.i2cs[kPhyBus].attach(kHdmiPhyI2cAddress, display->hdmi.phy());
    parts.i2cs[kScreenBus].attach(kEdidI2cAddress, display->hdmi.edid());
    display->hdmi.screen_plugged.attach([this](const display::ScreenPlugged& screen) {
        parts.gpio1.drive(kHotPlugBank, kHotPlugPin, screen.in);
    });
    parts.gpio1.drive(kHotPlugBank, kHotPlugPin, device.screen);
    wires_.connect(display->hdmi.vsync, display->mixer.vsync);
    if (!display->sdo) return wires_.tie_low(display->mixer.sdo_vsync);
    place("sdo", *display->sdo);
    wire_spi("sdo", display->sdo->irq);
    wires_.connect(display->sdo->vsync, display->mixer.sdo_vsync);
}

void Machine::build_panel(const config::PlatformDevice& device, const config::Platform& platform) {
    panel = std::make_unique<Panel>(
        build_memory(device, platform, "sysmmu_fimd0"), fetching(platform),
        [this] { return cmu.core().fimd_hz(); }, instruments_);
    panel->fimd.display_control = [this] {
        return sysreg.core().regs.word(system::SysregCore::kDisplayControl);
    };
    panel->fimd.write_back = [this](const display::WrittenBack& shown) {
        panel->writeback.send({shown.width, shown.height}, shown.rgb, shown.line_period);
    };
    panel->writeback.sink = [this] { return writeback_sink(); };
    size_t n = 0;
    for (auto& window : panel->fimd.windows)
        connect_dma(panel->memory, "fimd0_window" + std::to_string(n++), device.name, window.dma.socket);
    place(device.name, panel->fimd);
    wire_combiner("fimd0.fifo", panel->fimd.irq_fifo);
    wire_combiner("fimd0.vsync", panel->fimd.irq_vsync);
    wire_combiner("fimd0.sys", panel->fimd.irq_sys);
}

/// SYSREG's CAMBLK [24:23] says which FIMC gets what FIMD0 shows; FIMC2 and FIMC3 have the input. Source:
/// FIMD0WB_DEST in Linux 6.1's regs-fimc.h, `samsung,lcd-wb` in its device trees.
camera::VideoSink* Machine::writeback_sink() {
    const uint32_t wanted = sysreg.core().regs.word(system::SysregCore::kCamBlk) >> 23 & 3;
    FimcUnit* unit = wanted >= 2 ? fimc(std::string{kFimcs[wanted]}) : nullptr;
    return unit != nullptr ? &unit->fimc.input(camera::CameraPort::writeback) : nullptr;
}

void Machine::build_gpu(const config::PlatformDevice& device, const config::Platform& platform) {
    gpu::G2dConfig config;
    config.version = platform.g2d_version(device) == "4.1" ? gpu::Version::v4_1 : gpu::Version::v3;
    config.clock = [this] { return cmu.core().g2d_hz(); };
    config.skew = nanoseconds(platform.timing.skew_ns);
    gpu = std::make_unique<Gpu>(build_memory(device, platform, "sysmmu_g2d"), config, instruments_);
    connect_dma(gpu->memory, device.name, device.name, gpu->g2d.dma.socket);
    place(device.name, gpu->g2d);
    release_on_reset(gpu->memory, gpu->g2d, {0});
    wire_spi(device.name, gpu->g2d.irq);
}

void Machine::map_targets() {
    cpu.use(bus.add_master("cpu", cpu.bus));
    bus.add_memory("ram", ram_range_, ram.socket, ram);
    bus.add_on_chip_memory("irom", range_of("irom"), boot_rom.socket);
    bus.add_on_chip_memory("sysram", {range_of("sysram").base, soc_.sysram_bytes}, sysram.socket);
    const auto add = [this](std::string_view name, auto& socket) {
        bus.add_target(std::string{name}, range_of(name), socket);
    };
    add("gic_cpu", gic.cpu_interface);
    add("gic_dist", gic.distributor);
    add("scu", private_region.bus);
    add("l2c", l2c.bus);
    place("chipid", chipid);
    place("sysreg", sysreg);
    place("pmu", pmu);
    place("cmu", cmu);
    place("mct", mct);
    place("combiner", combiner);
    for (auto& uart : uarts) place(uart.basename(), uart);
    place("i2c0", i2c0);
    if (simctl) place("simctl", *simctl);
}

void Machine::map_parts() {
    place("gpio0", parts.gpio0);
    place("gpio1", parts.gpio1);
    place("gpio2", parts.gpio2);
    place("pwm", parts.pwm);
    place("wdt", parts.wdt);
    place("pdma0", parts.pdma0);
    place("pdma1", parts.pdma1);
    place("mdma1", parts.mdma1);
    place("sysmmu_mdma1", parts.mdma1_mmu);
    for (auto& i2c : parts.i2cs) place(i2c.basename(), i2c);
    bus.add_master("pdma0", parts.pdma0.dma.socket);
    bus.add_master("pdma1", parts.pdma1.dma.socket);
    bus.add_master("mdma1", parts.mdma1_mmu.memory);
}

void Machine::wire_parts() {
    for (size_t n = 0; n < parts.pwm.irq.size(); ++n) wire_spi("pwm" + std::to_string(n), parts.pwm.irq[n]);
    wire_spi("wdt", parts.wdt.irq);
    for (uint32_t n = 0; n < parts.gpio1.eint.size(); ++n)
        wires_.connect(parts.gpio1.eint[n], gic.spi[kFirstEintSpi + n]);
    wires_.connect(parts.gpio1.upper_eints, gic.spi[kUpperEintsSpi]);
    wire_spi("pdma0", parts.pdma0.irq);
    wire_spi("pdma1", parts.pdma1.irq);
    wire_spi("mdma1", parts.mdma1.irq);
    wire_combiner("sysmmu_mdma1", parts.mdma1_mmu.irq);
    for (auto& i2c : parts.i2cs) wire_spi(i2c.basename(), i2c.irq);
}

void Machine::wire_interrupts() {
    for (size_t core = 0; core < cpu.irq.size(); ++core) {
        wires_.connect(gic.irq[core], private_region.irq_pin[core]);
        wires_.connect(private_region.irq[core], cpu.irq[core]);
        wires_.tie_low(cpu.fiq[core]);
    }
    for (uint32_t group = 0; group < soc_.combiner_groups; ++group)
        wires_.connect(combiner.out[group], gic.spi[combiner_spi(group)]);
    for (uint32_t core = 0; core < cpu.count(); ++core)
        wires_.connect(cpu.pmu_irq[core], combiner.in[8 * kPmuGroups[core] + kPmuBit]);
    wire_timers();
    for (size_t n = 0; n < uarts.size(); ++n) wire_spi("uart" + std::to_string(n), uarts[n].irq);
    wire_spi("i2c0", i2c0.irq);
}

/// The first core is not switched: its place is the sleep sequence, which the machine does not have.
void Machine::wire_power() {
    pmu.core_power.attach([this](const system::CorePower& power) {
        if (power.core > 0 && power.core < cpu.count()) return cpu.power(power.core, power.on);
        pmu.core_is(power.core, power.on);
    });
    cpu.switched.attach([this](const cpu::CoreSwitched& core) { pmu.core_is(core.core, core.on); });
}

void Machine::wire_timers() {
    wire_spi("mct.g0", mct.global[0]);
    if (soc_.global_timer1.group != 0) {
        wires_.connect(mct.global[1], combiner.in[8 * soc_.global_timer1.group + soc_.global_timer1.bit]);
    } else {
        wire_spi("mct.g1", mct.global[1]);
    }
    wire_combiner("mct.g2", mct.global[2]);
    wire_combiner("mct.g3", mct.global[3]);
    for (size_t core = 0; core < mct.local.size(); ++core) {
        if (soc_.local_timer_ppi >= 0) {
            wires_.connect(mct.local[core], gic.ppi[16 * core + static_cast<size_t>(soc_.local_timer_ppi)]);
        } else {
            wire_spi(core == 0 ? "mct.l0" : "mct.l1", mct.local[core]);
        }
    }
}

}  // namespace exysim::board
