#include "platform/config/platform.hpp"

#include <fmt/format.h>

#include <algorithm>

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
};
constexpr Parameter<Timing> kTiming[] = {
    {.key = "slice", .member = &Timing::slice_ns, .meaning = "longest time a core runs ahead of the rest", .unit = Unit::nanoseconds, .range = {10, 1'000'000}},
    {.key = "skew", .member = &Timing::skew_ns, .meaning = "farthest a device books memory transfers ahead", .unit = Unit::nanoseconds, .range = {0, 1'000'000}},
};
constexpr Parameter<Cpu> kCpu[] = {
    {.key = "count", .member = &Cpu::count, .meaning = "cores; an exynos4210 has at most 2", .range = {1, 4}},
    {.key = "clock", .member = &Cpu::clock_hz, .meaning = "core clock", .unit = Unit::hertz, .range = {1'000'000, 4'000'000'000}},
};
constexpr Parameter<Ram> kRam[] = {
    {.key = "size", .member = &Ram::size, .meaning = "memory from 0x40000000", .unit = Unit::bytes, .range = {32 * kMiB, 1536 * kMiB}},
    {.key = "latency", .member = &Ram::latency_ns, .meaning = "time to the first byte of a transfer", .unit = Unit::nanoseconds, .range = {0, 100'000}},
    {.key = "bandwidth", .member = &Ram::bandwidth, .meaning = "transfer rate after the first byte", .unit = Unit::bandwidth, .range = {1'000'000, 1'000 * kSecond}},
};
constexpr Parameter<Bus> kBus[] = {
    {.key = "latency", .member = &Bus::latency_ns, .meaning = "time a transfer spends in the interconnect", .unit = Unit::nanoseconds, .range = {0, 100'000}},
};
constexpr Parameter<PlatformDevice> kDevice[] = {
    {.key = "iommu", .member = &PlatformDevice::iommu, .meaning = "memory traffic goes through a SysMMU"},
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

void check(const Section& file, const Platform& platform) {
    if (platform.mode == "timing") {
        file.diagnostics().error(file.place_of("mode"), "mode",
                                 "'timing' is not available yet: the caches it needs do not exist",
                                 "use 'fast'");
    }
    if (platform.soc == "exynos4210" && platform.cpu.count > 2) {
        const YamlNode* cpu = file.node().find("cpu");
        file.diagnostics().error(cpu->find("count")->place, "cpu.count", "an exynos4210 has two cores",
                                 "take soc: exynos4412 for up to four");
    }
    if (platform.ram.size % kMiB != 0) {
        const YamlNode* ram = file.node().find("ram");
        file.diagnostics().error(ram->find("size")->place, "ram.size", "is not a whole number of MiB");
    }
}

}  // namespace

std::span<const Parameter<Platform>> platform_parameters() { return kPlatform; }
std::span<const Parameter<Timing>> timing_parameters() { return kTiming; }
std::span<const Parameter<Cpu>> cpu_parameters() { return kCpu; }
std::span<const Parameter<Ram>> ram_parameters() { return kRam; }
std::span<const Parameter<Bus>> bus_parameters() { return kBus; }
std::span<const Parameter<PlatformDevice>> platform_device_parameters() { return kDevice; }

const PlatformDevice* Platform::device(std::string_view device_name) const {
    for (const PlatformDevice& d : devices) {
        if (d.name == device_name) return &d;
    }
    return nullptr;
}

Platform read_platform(const YamlNode& root, Diagnostics& diagnostics) {
    Platform platform;
    Section file{root, "", diagnostics};
    file.read(platform_parameters(), platform);
    read_section(file, "timing", timing_parameters(), platform.timing);
    read_section(file, "cpu", cpu_parameters(), platform.cpu);
    read_section(file, "ram", ram_parameters(), platform.ram);
    read_section(file, "bus", bus_parameters(), platform.bus);
    read_devices(file, platform);
    file.finish();
    check(file, platform);
    return platform;
}

}  // namespace exysim::config
