#include "platform/board/machine.hpp"

#include "models/camera/patterns.hpp"
#include "platform/pictures/clip_source.hpp"

namespace exysim::board {

namespace {

constexpr uint32_t kUartFifoBytes[] = {256, 64, 16, 16};  // Exynos4 UART0..3

sc_core::sc_time nanoseconds(uint64_t ns) {
    return sc_core::sc_time(static_cast<double>(ns), sc_core::SC_NS);
}

dram::DramConfig ram_config(const config::Ram& ram) {
    dram::DramConfig made;
    made.size = ram.size;
    made.latency = nanoseconds(ram.latency_ns);
    made.bytes_per_ns = static_cast<double>(ram.bandwidth) / 1e9;
    return made;
}

cpu::ClusterConfig cpu_config(const config::Platform& platform, const Machine::Options& options) {
    cpu::ClusterConfig made;
    const Soc& soc = soc_of(platform.soc);
    made.midr = soc.midr;
    made.mpidr = soc.mpidr;
    made.block_timing = platform.mode == "timing";
    made.count = static_cast<uint32_t>(platform.cpu.count);
    made.frequency_hz = platform.cpu.clock_hz;
    made.slice = nanoseconds(platform.timing.slice_ns);
    made.semihosting = options.semihosting;
    return made;
}

/// What the sensor sees: the input of the scenario's camera pipeline.
std::shared_ptr<camera::FrameSource> sensor_source(const config::Scenario* scenario) {
    constexpr camera::FrameSize kUsual{1280, 720};
    if (!scenario) return camera::make_pattern("bars", kUsual);
    for (const config::Pipeline& pipeline : scenario->pipelines) {
        if (!is_fimc(pipeline.source.device)) continue;
        const config::Size size = scenario->buffer(pipeline.source.output)->size;
        return pictures::make_source(*scenario->input(pipeline.source.input),
                                     {static_cast<uint32_t>(size.width), static_cast<uint32_t>(size.height)});
    }
    return camera::make_pattern("bars", kUsual);
}

uint32_t cores(const config::Platform& platform) { return static_cast<uint32_t>(platform.cpu.count); }

system::BootRomConfig boot_rom_config(const Soc& soc) {
    return {range_of("gic_cpu").base, soc.gic_stride, soc.boot_word, soc.boot_word_stride};
}

}  // namespace

Machine::Machine(const config::Platform& platform, const Options& options)
    : ram{"ram", ram_config(platform.ram), instruments_},
      cpu{"cpu", cpu_config(platform, options), instruments_},
      bus{"bus", {nanoseconds(platform.bus.latency_ns)}, instruments_},
      boot_rom{"irom", boot_rom_config(soc_of(platform.soc)), instruments_},
      sysram{"sysram", {soc_of(platform.soc).sysram_bytes}, instruments_},
      chipid{"chipid", {soc_of(platform.soc).product_id}, instruments_},
      sysreg{"sysreg", {}, instruments_},
      cmu{"cmu", {}, instruments_},
      pmu{"pmu", {}, instruments_},
      mct{"mct", {cores(platform)}, instruments_},
      combiner{"combiner", {soc_of(platform.soc).combiner_groups}, instruments_},
      gic{"gic", {cores(platform), soc_of(platform.soc).gic_stride}, instruments_},
      scu{"scu", {cores(platform)}, instruments_},
      l2c{"l2c", {}, instruments_},
      i2c0{"i2c0", {[this] { return cmu.core().aclk100_hz(); }}, instruments_},
      soc_{soc_of(platform.soc)},
      ram_range_{kRamBase, platform.ram.size} {
    guest_errors.clock = [] { return picoseconds(sc_core::sc_time_stamp()); };
    guest_errors.pc = [this] { return cpu.pc(0); };
    build_uarts();
    if (platform.device("simctl")) build_simctl();
    build_cameras(platform, options);
    if (const auto* device = platform.device("mixer0")) build_display(*device, platform);
    map_targets();
    wire_interrupts();
    pmu.core_power.attach([this](const system::CorePower& power) {
        if (power.core > 0 && power.core < cpu.count()) cpu.power(power.core, power.on);
    });
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

void Machine::build_uarts() {
    for (uint32_t n = 0; n < std::size(kUartFifoBytes); ++n) {
        const std::string name = "uart" + std::to_string(n);
        const system::UartConfig uart{kUartFifoBytes[n], [this, n] { return cmu.core().uart_hz(n); }};
        uarts.emplace_back(name.c_str(), uart, instruments_);
    }
}

void Machine::build_simctl() {
    system::GuestMemory views;
    views.physical = [this](PhysAddr at, std::span<uint8_t> into) {
        const std::span<uint8_t> from = memory({at, into.size()});
        std::copy(from.begin(), from.end(), into.begin());
        return !from.empty();
    };
    views.virtual_ = [this](VirtAddr at, std::span<uint8_t> into) { return cpu.debug_read(0, at, into); };
    simctl = std::make_unique<system::Simctl>("simctl", system::SimctlConfig{views}, instruments_);
}

MediaMemory Machine::build_memory(const config::PlatformDevice& device, const std::string& mmu_name) {
    MediaMemory made;
    if (!device.iommu) return made;
    made.mmu = std::make_unique<iommu::SysMmu>(mmu_name.c_str(), iommu::SysMmuConfig{}, instruments_);
    bus.add_master(device.name, made.mmu->memory);
    bus.add_target(mmu_name, range_of(mmu_name), made.mmu->bus);
    wire_combiner(mmu_name, made.mmu->irq);
    return made;
}

FimcUnit* Machine::fimc(const std::string& name) {
    const auto found = fimcs.find(name);
    return found == fimcs.end() ? nullptr : found->second.get();
}

void Machine::build_cameras(const config::Platform& platform, const Options& options) {
    for (const std::string_view name : kFimcs) {
        if (const auto* device = platform.device(name)) build_fimc(*device, platform);
    }
    if (fimcs.empty()) return;
    sensor0 = std::make_unique<camera::Sensor>(
        "sensor0", camera::SensorConfig{sensor_source(options.scenario)}, instruments_);
    for (auto& [name, unit] : fimcs) sensor0->connect(unit->fimc.input(camera::CameraPort::itu_a));
    i2c0.attach(kSensorI2cAddress, sensor0->i2c());
}

void Machine::build_fimc(const config::PlatformDevice& device, const config::Platform& platform) {
    auto unit = std::make_unique<FimcUnit>(device.name, build_memory(device, "sysmmu_" + device.name),
                                           nanoseconds(platform.timing.skew_ns), instruments_);
    connect_dma(unit->memory, device.name, unit->fimc.dma.socket);
    bus.add_target(device.name, range_of(device.name), unit->fimc.bus);
    wire_spi(device.name, unit->fimc.irq);
    fimcs.emplace(device.name, std::move(unit));
}

void Machine::build_display(const config::PlatformDevice& device, const config::Platform& platform) {
    display = std::make_unique<Display>(build_memory(device, "sysmmu_tv"),
                                        nanoseconds(platform.timing.skew_ns), instruments_);
    connect_dma(display->memory, device.name, display->vp.dma.socket);
    bus.add_target("vp", range_of("vp"), display->vp.bus);
    bus.add_target(device.name, range_of(device.name), display->mixer.bus);
    bus.add_target("hdmi", range_of("hdmi"), display->hdmi.bus);
    wire_spi(device.name, display->mixer.irq);
    wire_spi("hdmi", display->hdmi.irq);
    wires_.connect(display->hdmi.vsync, display->mixer.vsync);
}

void Machine::map_targets() {
    bus.add_master("cpu", cpu.bus);
    bus.add_target("ram", ram_range_, ram.socket);
    const auto add = [this](std::string_view name, auto& socket) {
        bus.add_target(std::string{name}, range_of(name), socket);
    };
    add("irom", boot_rom.socket);
    bus.add_target("sysram", {range_of("sysram").base, soc_.sysram_bytes}, sysram.socket);
    add("chipid", chipid.bus);
    add("sysreg", sysreg.bus);
    add("pmu", pmu.bus);
    add("cmu", cmu.bus);
    add("mct", mct.bus);
    add("combiner", combiner.bus);
    add("gic_cpu", gic.cpu_interface);
    add("gic_dist", gic.distributor);
    add("scu", scu.bus);
    add("l2c", l2c.bus);
    for (size_t n = 0; n < uarts.size(); ++n) add("uart" + std::to_string(n), uarts[n].bus);
    add("i2c0", i2c0.bus);
    if (simctl) add("simctl", simctl->bus);
}

void Machine::wire_interrupts() {
    for (size_t core = 0; core < cpu.irq.size(); ++core) {
        wires_.connect(gic.irq[core], cpu.irq[core]);
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
