#include "platform/config/platform.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "platform/config/dram.hpp"
#include "platform/config/nearest.hpp"
#include "platform/config/vocabulary.hpp"

namespace exysim::config {

namespace {

constexpr uint64_t kMiB = 1 << 20;
constexpr uint64_t kSecond = 1'000'000'000;

// clang-format off
constexpr Parameter<Platform> kPlatform[] = {
    {.key = "name", .member = &Platform::name, .meaning = "name of the machine in reports", .required = true},
    {.key = "soc", .member = &Platform::soc, .meaning = "memory map, interrupts and blocks", .choices = "exynos4210 exynos4412"},
    {.key = "mode", .member = &Platform::mode, .meaning = "fast: transparent caches, no contention; timing: functional caches and contention",
     .choices = "fast timing"},
    {.key = "speculation", .member = &Platform::speculation, .meaning = "cache lines filled that no instruction asked for (mode timing)",
     .choices = "off default aggressive"},
    {.key = "seed", .member = &Platform::seed, .meaning = "of cache replacement and speculation"},
};
constexpr Parameter<Timing> kTiming[] = {
    {.key = "slice", .member = &Timing::slice_ns, .meaning = "longest time a core runs ahead of the rest", .unit = Unit::nanoseconds, .range = {10, 1'000'000}},
    {.key = "skew", .member = &Timing::skew_ns, .meaning = "farthest a device books memory transfers ahead", .unit = Unit::nanoseconds, .range = {0, 1'000'000}},
};
constexpr Parameter<Cpu> kCpu[] = {
    {.key = "count", .member = &Cpu::count, .meaning = "cores; an exynos4210 has at most 2", .range = {1, 4}},
    {.key = "clock", .member = &Cpu::clock_hz, .meaning = "core clock", .unit = Unit::hertz, .range = {1'000'000, 4'000'000'000}},
};
constexpr Parameter<L1> kL1[] = {
    {.key = "size", .member = &L1::size, .meaning = "of each level-1 cache, a power of two", .unit = Unit::bytes, .range = {1 << 10, 64 << 10}},
    {.key = "ways", .member = &L1::ways, .meaning = "lines a set, a power of two", .range = {1, 16}},
};
constexpr Parameter<L2> kL2[] = {
    {.key = "size", .member = &L2::size, .meaning = "of the PL310, a power of two", .unit = Unit::bytes, .range = {16 << 10, 8 * kMiB}},
    {.key = "ways", .member = &L2::ways, .meaning = "lines a set: 8 or 16", .range = {8, 16}},
    {.key = "latency", .member = &L2::latency, .meaning = "core cycles of a level-1 miss that hits, beyond a level-1 hit", .range = {1, 1000}},
    {.key = "miss", .member = &L2::miss_ns, .meaning = "time in the controller when memory must be asked", .unit = Unit::nanoseconds, .range = {0, 10'000}},
};
constexpr Parameter<StoreBuffer> kStoreBuffer[] = {
    {.key = "max_age", .member = &StoreBuffer::max_age_ns, .meaning = "when a buffered store leaves by itself; 0 ns = never", .unit = Unit::nanoseconds, .range = {0, kSecond}},
};
constexpr Parameter<Ram> kRam[] = {
    {.key = "size", .member = &Ram::size, .meaning = "memory from 0x40000000", .unit = Unit::bytes, .range = {32 * kMiB, 1536 * kMiB}},
    {.key = "model", .member = &Ram::model, .meaning = "simple: latency and bandwidth; controller: banks and rows; auto: the controller in mode timing unless latency or bandwidth is given", .choices = "auto simple controller"},
    {.key = "latency", .member = &Ram::latency_ns, .meaning = "model simple: time to the first byte of a transfer", .unit = Unit::nanoseconds, .range = {0, 100'000}},
    {.key = "bandwidth", .member = &Ram::bandwidth, .meaning = "model simple: transfer rate after the first byte", .unit = Unit::bandwidth, .range = {1'000'000, 1'000 * kSecond}},
};
constexpr Parameter<Bus> kBus[] = {
    {.key = "latency", .member = &Bus::latency_ns, .meaning = "time a transfer spends in the interconnect", .unit = Unit::nanoseconds, .range = {0, 100'000}},
    {.key = "arbitration", .member = &Bus::arbitration, .meaning = "who gets the memory's port: in turn, by the master's or by the burst's priority (mode timing)",
     .choices = "round_robin fixed qos"},
};
constexpr Parameter<BusPort> kBusMemory[] = {
    {.key = "width", .member = &BusPort::width, .meaning = "bits of the memory controllers' port", .range = {8, 1024}},
    {.key = "clock", .member = &BusPort::clock_hz, .meaning = "of that port; a beat a cycle", .unit = Unit::hertz, .range = {1'000'000, 2'000'000'000}},
};
constexpr Parameter<BusMaster> kBusMaster[] = {
    {.key = "width", .member = &BusMaster::width, .meaning = "bits of the master's port", .range = {8, 1024}},
    {.key = "clock", .member = &BusMaster::clock_hz, .meaning = "of that port; a beat a cycle", .unit = Unit::hertz, .range = {1'000'000, 2'000'000'000}},
    {.key = "reads", .member = &BusMaster::reads, .meaning = "read bursts in flight at most", .range = {1, 64}},
    {.key = "writes", .member = &BusMaster::writes, .meaning = "write bursts in flight at most", .range = {1, 64}},
    {.key = "beats", .member = &BusMaster::beats, .meaning = "beats of the longest burst", .range = {1, 16}},
    {.key = "priority", .member = &BusMaster::priority, .meaning = "3 most urgent; at the arbiter and in the memory controller", .range = {0, 3}},
    {.key = "rate", .member = &BusMaster::rate, .meaning = "regulates reads and writes together; 0 B/s = not regulated", .unit = Unit::bandwidth, .range = {0, 100 * kSecond}},
    {.key = "allowance", .member = &BusMaster::allowance, .meaning = "bytes that may exceed the rate for a while", .unit = Unit::bytes, .range = {0, kMiB}},
};
constexpr Parameter<Power> kPower[] = {
    {.key = "gated_access", .member = &Power::gated_access, .meaning = "what an access to a block without clock or power comes to: external abort, endless wait, or nothing",
     .choices = "abort hang ignore"},
    {.key = "domains_at_boot", .member = &Power::domains_at_boot, .meaning = "the boot loader leaves the power domains on and their blocks clocked"},
};
constexpr Parameter<PlatformDevice> kDevice[] = {
    {.key = "iommu", .member = &PlatformDevice::iommu, .meaning = "memory traffic goes through a SysMMU"},
    {.key = "sysmmu", .member = &PlatformDevice::sysmmu, .meaning = "version of its SysMMU; usually 1.0, on exynos4412 2.0", .choices = "1.0 2.0 3.0 3.1 3.2 3.3"},
    {.key = "sysmmu_first_level_ahead", .member = &PlatformDevice::sysmmu_first_level_ahead, .meaning = "quirk of SysMMU 3.x: keeps the next first-level entry too, valid or not"},
    {.key = "sysmmu_prefetch_multi_hit", .member = &PlatformDevice::sysmmu_prefetch_multi_hit, .meaning = "quirk of SysMMU 3.x: overlapping prefetch windows end in a multi-hit fault"},
};
constexpr Parameter<PlatformDevice> kG2d[] = {
    {.key = "version", .member = &PlatformDevice::version, .meaning = "3: programmed by registers (default on exynos4210); 4.1: command lists too (default on exynos4412)", .choices = "3 4.1"},
};
constexpr Parameter<PlatformDevice> kMixer[] = {
    {.key = "screen", .member = &PlatformDevice::screen, .meaning = "a screen is plugged in at HDMI"},
};
// clang-format on

template <class S>
void read_section(Section& file, std::string_view key, std::span<const Parameter<S>> table, S& object) {
    const YamlNode* node = file.find(key);
    if (!node) return;
    Section section{*node, std::string{key}, file.diagnostics()};
    section.read(table, object);
    section.finish();
}

/// A width that is no port, or a setting that another one makes pointless.
void check_bus_port(Section& section, uint64_t width) {
    if (std::has_single_bit(width)) return;
    section.diagnostics().error(section.place_of("width"), section.path_of("width"),
                                fmt::format("{} bits are no width of a port", width),
                                "a power of two from 8 to 1024");
}

void check_bus_master(Section& section, const BusMaster& master) {
    const auto complain = [&](std::string_view key, const std::string& message) {
        section.diagnostics().error(section.place_of(key), section.path_of(key), message);
    };
    check_bus_port(section, master.width);
    if (master.allowance != BusMaster{}.allowance && master.rate == 0)
        complain("allowance", "means nothing without a rate");
    if (master.rate > master.port_rate())
        complain("rate", fmt::format("is more than the port carries ({} bits at {})", master.width,
                                     format_quantity(master.clock_hz, Unit::hertz)));
    const uint64_t burst = master.beats * master.width / 8;
    if (master.rate != 0 && master.allowance < burst)
        complain(section.node().find("allowance") ? "allowance" : "rate",
                 fmt::format("allows {} at once, less than one burst of {} beats of {} bits",
                             format_quantity(master.allowance, Unit::bytes), master.beats, master.width));
}

void read_bus_master(const YamlNode::Entry& entry, Bus& bus, Diagnostics& diagnostics) {
    const std::string path = "bus.masters." + entry.key;
    const auto found = bus.masters.find(entry.key);
    if (found == bus.masters.end()) {
        std::vector<std::string> known;
        for (const auto& [name, master] : bus.masters) known.push_back(name);
        diagnostics.error(entry.place, path, fmt::format("no such master, known are {}", list_of(known)),
                          suggestion(entry.key, known));
        return;
    }
    Section section{entry.value, path, diagnostics};
    const size_t before = diagnostics.all().size();
    section.read(bus_master_parameters(), found->second);
    section.finish();
    if (diagnostics.all().size() == before) check_bus_master(section, found->second);
}

void read_bus(Section& file, Bus& bus) {
    bus.masters = bus_masters();
    const YamlNode* node = file.find("bus");
    if (!node) return;
    Diagnostics& diagnostics = file.diagnostics();
    Section section{*node, "bus", diagnostics};
    section.read(bus_parameters(), bus);
    if (const YamlNode* memory = section.find("memory")) {
        Section port{*memory, "bus.memory", diagnostics};
        port.read(bus_memory_parameters(), bus.memory);
        port.finish();
        check_bus_port(port, bus.memory.width);
    }
    if (const YamlNode* masters = section.find("masters")) {
        Section names{*masters, "bus.masters", diagnostics};
        for (const YamlNode::Entry& entry : masters->entries) {
            names.find(entry.key);
            read_bus_master(entry, bus, diagnostics);
        }
        names.finish();  // reports masters given twice
    }
    section.finish();
}

/// Whoever gives a latency or a rate, and no model, wants memory of that latency and rate.
bool says_how_simple(const YamlNode& ram) {
    const auto given = [&ram](std::string_view key) {
        return std::any_of(ram.entries.begin(), ram.entries.end(),
                           [key](const YamlNode::Entry& entry) { return entry.key == key; });
    };
    return !given("model") && !given("controller") && (given("latency") || given("bandwidth"));
}

/// The controller is checked where it may be used: a machine of mode `fast` may be larger than the preset.
void read_ram(Section& file, std::string_view mode, Ram& ram) {
    const YamlNode* node = file.find("ram");
    const YamlNode* controller = nullptr;
    ram.controller = usual_controller();
    if (node) {
        Section section{*node, "ram", file.diagnostics()};
        section.read(ram_parameters(), ram);
        if (says_how_simple(*node)) ram.model = "simple";
        controller = section.find("controller");
        section.finish();
    }
    const Place& place = node ? node->place : file.place();
    if (controller || ram.uses_controller(mode))
        ram.controller = read_controller(controller, place, ram.size, file.diagnostics());
}

std::vector<std::string> optional_devices() {
    return names_of(devices(), [](const Device& d) { return d.optional; });
}

PlatformDevice read_device(const YamlNode::Entry& entry, Diagnostics& diagnostics) {
    const std::string path = "devices." + entry.key;
    PlatformDevice device{entry.key};
    const std::vector<std::string> known = optional_devices();
    if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
        diagnostics.error(entry.place, path, fmt::format("no such device, known are {}", list_of(known)),
                          suggestion(entry.key, known));
    }
    if (entry.value.kind == YamlNode::Kind::null) return device;  // `simctl:` alone means all defaults
    Section section{entry.value, path, diagnostics};
    section.read(platform_device_parameters(), device);
    section.read(platform_device_parameters(entry.key), device);
    section.finish();
    return device;
}

void read_devices(Section& file, Platform& platform) {
    const YamlNode* node = file.find("devices");
    if (!node) return;
    Section section{*node, "devices", file.diagnostics()};
    for (const YamlNode::Entry& entry : node->entries) {
        section.find(entry.key);
        platform.devices.push_back(read_device(entry, file.diagnostics()));
    }
    section.finish();  // reports devices given twice
}

/// `acp: [g2d]`: devices of the platform whose DMA may go that way.
void read_acp(Section& file, Platform& platform) {
    static constexpr std::string_view kMasters[] = {"fimc0", "fimc1", "fimc2", "fimc3", "g2d"};
    const YamlNode* node = file.find("acp");
    if (node == nullptr) return;
    if (node->kind != YamlNode::Kind::list)
        return file.diagnostics().error(node->place, "acp", "expected a list of devices, such as [g2d]");
    for (const YamlNode& item : node->items) {
        const bool suits =
            std::find(std::begin(kMasters), std::end(kMasters), item.text) != std::end(kMasters);
        if (!suits || platform.device(item.text) == nullptr) {
            file.diagnostics().error(item.place, "acp",
                                     fmt::format("'{}' is no FIMC or G2D of this platform", item.text));
        }
        platform.acp.push_back(item.text);
    }
}

/// A cache has a power of two of sets of a power of two of ways.
void check_geometry(const Section& file, std::string_view key, uint64_t size, uint64_t ways) {
    const YamlNode* cache = file.node().find(key);
    if (cache == nullptr) return;
    const auto complain = [&](std::string_view what, const char* message) {
        const YamlNode* node = cache->find(what);
        file.diagnostics().error(node != nullptr ? node->place : cache->place,
                                 fmt::format("{}.{}", key, what), message);
    };
    if (!std::has_single_bit(size)) complain("size", "is not a power of two");
    if (!std::has_single_bit(ways)) complain("ways", "is not a power of two");
}

/// What only one of the chips has.
void check_devices(const Section& file, const Platform& platform) {
    const YamlNode* devices = file.node().find("devices");
    if (platform.soc != "exynos4210" || devices == nullptr) return;
    for (const YamlNode::Entry& entry : devices->entries) {
        if (!entry.key.starts_with("fimc_lite")) continue;
        file.diagnostics().error(entry.place, fmt::format("devices.{}", entry.key),
                                 "an exynos4210 has no FIMC-LITE", "take soc: exynos4412");
    }
}

void check(const Section& file, const Platform& platform) {
    if (platform.soc == "exynos4210" && platform.cpu.count > 2) {
        const YamlNode* cpu = file.node().find("cpu");
        file.diagnostics().error(cpu->find("count")->place, "cpu.count", "an exynos4210 has two cores",
                                 "take soc: exynos4412 for up to four");
    }
    check_devices(file, platform);
    check_geometry(file, "l1", platform.l1.size, platform.l1.ways);
    check_geometry(file, "l2", platform.l2.size, platform.l2.ways);
    if (platform.ram.size % kMiB != 0) {
        const YamlNode* ram = file.node().find("ram");
        file.diagnostics().error(ram->find("size")->place, "ram.size", "is not a whole number of MiB");
    }
}

}  // namespace

std::span<const Parameter<Platform>> platform_parameters() { return kPlatform; }
std::span<const Parameter<Timing>> timing_parameters() { return kTiming; }
std::span<const Parameter<Cpu>> cpu_parameters() { return kCpu; }
std::span<const Parameter<L1>> l1_parameters() { return kL1; }
std::span<const Parameter<L2>> l2_parameters() { return kL2; }
std::span<const Parameter<StoreBuffer>> store_buffer_parameters() { return kStoreBuffer; }
std::span<const Parameter<Ram>> ram_parameters() { return kRam; }
std::span<const Parameter<Bus>> bus_parameters() { return kBus; }
std::span<const Parameter<BusPort>> bus_memory_parameters() { return kBusMemory; }
std::span<const Parameter<BusMaster>> bus_master_parameters() { return kBusMaster; }
std::span<const Parameter<Power>> power_parameters() { return kPower; }
std::span<const Parameter<PlatformDevice>> platform_device_parameters() { return kDevice; }

/// The core's: PL310's two 64-bit ports at a quarter of 1 GHz, the divider DIVCOREM0 of Linux's frequency
/// tables. The others: 64 bits at 200 MHz, the left and right buses.
const std::map<std::string, BusMaster>& bus_masters() {
    static const BusMaster usual, cpu{.width = 128, .clock_hz = 250'000'000};
    static const std::map<std::string, BusMaster> all{
        {"cpu", cpu},      {"fimc0", usual}, {"fimc1", usual}, {"fimc2", usual},      {"fimc3", usual},
        {"mixer0", usual}, {"fimd0", usual}, {"g2d", usual},   {"fimc_lite0", usual}, {"fimc_lite1", usual},
        {"pdma0", usual},  {"pdma1", usual}, {"mdma1", usual}};
    return all;
}

std::span<const Parameter<PlatformDevice>> platform_device_parameters(std::string_view name) {
    if (name == "g2d") return kG2d;
    if (name == "mixer0") return kMixer;
    return {};
}

const PlatformDevice* Platform::device(std::string_view device_name) const {
    for (const PlatformDevice& d : devices) {
        if (d.name == device_name) return &d;
    }
    return nullptr;
}

bool Platform::coherent(std::string_view device_name) const {
    return std::find(acp.begin(), acp.end(), device_name) != acp.end();
}

Platform read_platform(const YamlNode& root, Diagnostics& diagnostics) {
    Platform platform;
    Section file{root, "", diagnostics};
    file.read(platform_parameters(), platform);
    read_section(file, "timing", timing_parameters(), platform.timing);
    read_section(file, "cpu", cpu_parameters(), platform.cpu);
    read_section(file, "l1", l1_parameters(), platform.l1);
    read_section(file, "l2", l2_parameters(), platform.l2);
    read_section(file, "store_buffer", store_buffer_parameters(), platform.store_buffer);
    read_ram(file, platform.mode, platform.ram);
    read_bus(file, platform.bus);
    read_section(file, "power", power_parameters(), platform.power);
    read_devices(file, platform);
    read_acp(file, platform);
    file.finish();
    check(file, platform);
    return platform;
}

}  // namespace exysim::config
