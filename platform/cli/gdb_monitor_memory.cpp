// `monitor` commands about memory: caches, SysMMU tables, buffers.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "models/cache/hierarchy.hpp"
#include "platform/cli/gdb_monitor.hpp"
#include "platform/observe/expectations.hpp"

namespace exysim::cli {

namespace {

using observe::BufferWatch;

constexpr uint32_t kPage = 4096;
constexpr size_t kMostRanges = 200;

/// The SysMMU in front of a device; null if it has none. The mixer's three masters share one.
iommu::SysMmu* sysmmu_of(const board::Machine& machine, const std::string& device) {
    const bool tv = device == "vp" || device == "tv";
    const auto found = machine.mmus.find(tv ? "mixer0" : device);
    return found == machine.mmus.end() ? nullptr : found->second;
}

/// Where a device's address leads; the address itself where no SysMMU stands in front.
std::optional<PhysAddr> translate(board::Machine& machine, const std::string& device, Iova at) {
    iommu::SysMmu* mmu = sysmmu_of(machine, device);
    return mmu ? mmu->translate_dbg(at) : std::optional{PhysAddr{at.value}};
}

/// A run of addresses that leads to a run of addresses.
struct MappedRange {
    uint32_t iova, pa;
    uint64_t size;
};

/// Every page of the four gigabytes, neighbours put together.
std::vector<MappedRange> mapped_ranges(iommu::SysMmu& mmu) {
    std::vector<MappedRange> ranges;
    for (uint64_t at = 0; at < uint64_t{1} << 32 && ranges.size() <= kMostRanges; at += kPage) {
        const auto pa = mmu.translate_dbg(Iova{static_cast<uint32_t>(at)});
        if (!pa) continue;
        MappedRange* last = ranges.empty() ? nullptr : &ranges.back();
        if (last && last->iova + last->size == at && last->pa + last->size == pa->value) {
            last->size += kPage;
        } else {
            ranges.push_back({static_cast<uint32_t>(at), pa->value, kPage});
        }
    }
    return ranges;
}

std::string tables_of(iommu::SysMmu& mmu) {
    const std::vector<MappedRange> ranges = mapped_ranges(mmu);
    if (ranges.size() == 1 && ranges[0].size == uint64_t{1} << 32) return "off: every address is itself\n";
    std::string text;
    for (size_t i = 0; i < std::min(ranges.size(), kMostRanges); ++i)
        text += fmt::format("{:#010x} -> {:#010x}  {}\n", ranges[i].iova, ranges[i].pa,
                            observe::human_bytes(static_cast<double>(ranges[i].size)));
    if (ranges.size() > kMostRanges) text += "...\n";
    return text.empty() ? "nothing is mapped\n" : text;
}

std::string_view state_name(cache::State state) {
    constexpr std::string_view kNames[] = {"shared", "exclusive", "modified"};
    return kNames[static_cast<size_t>(state)];
}

std::string holder_text(const BufferWatch::Buffer& b) {
    switch (b.holder) {
        case BufferWatch::Holder::device:
            return fmt::format("the device has it, given by task {}", b.task);
        case BufferWatch::Holder::finished:
            return "the device is done, no program has taken it yet";
        case BufferWatch::Holder::program:
            break;
    }
    return fmt::format("task {} has taken it", b.task);
}

std::string buffer_text(const BufferWatch::Key& key, const BufferWatch::Buffer& b) {
    return fmt::format("{} {} {}: {} bytes at {:#010x} of the device; {}, since {}\n", key.device,
                       key.output ? "output" : "capture", key.index, b.length, b.iova.value, holder_text(b),
                       observe::human_time(b.since / 1000));
}

/// Where in the buffer a physical address lies.
std::optional<uint32_t> place_in(board::Machine& machine, const std::string& device,
                                 const BufferWatch::Buffer& b, PhysAddr address) {
    for (uint32_t offset = 0; offset < b.length;) {
        const uint32_t here = std::min(kPage - (b.iova.value + offset) % kPage, b.length - offset);
        const auto pa = translate(machine, device, b.iova + offset);
        if (pa && address.value - pa->value < here) return offset + (address.value - pa->value);
        offset += here;
    }
    return {};
}

std::string block_at(const board::Machine& machine, PhysAddr address) {
    for (const board::Block& block : board::blocks_of(machine.chip())) {
        const uint64_t inside = uint64_t{address.value} - block.range.base.value;
        if (address.value >= block.range.base.value && inside < block.range.size)
            return fmt::format("{} +{:#x}\n", block.name, inside);
    }
    return "";
}

}  // namespace

std::string monitor_sysmmu(const MonitorSubject& subject, const Words& arguments) {
    iommu::SysMmu* mmu = sysmmu_of(subject.machine, arguments[0]);
    if (!mmu) return fmt::format("{} has no SysMMU here\n", arguments[0]);
    if (arguments.size() == 1) return tables_of(*mmu);
    const Iova iova{monitor_number("iova", arguments[1])};
    const auto pa = mmu->translate_dbg(iova);
    return pa ? fmt::format("{:#010x} -> {:#010x}\n", iova.value, pa->value)
              : fmt::format("{:#010x} is not mapped\n", iova.value);
}

std::string monitor_line(const MonitorSubject& subject, const Words& arguments) {
    board::Machine& machine = subject.machine;
    const PhysAddr line{monitor_number("address", arguments[0]) & ~(cache::kLine - 1)};
    if (!machine.caches) return "mode fast has no caches\n";
    std::string text;
    for (unsigned core = 0; core < machine.cpu.count(); ++core) {
        const auto state = machine.caches->core(core).state_of(line);
        text += fmt::format("core {} level 1: {}\n", core, state ? state_name(*state) : "not there");
    }
    const cache::Level2& level2 = machine.caches->level2();
    text += fmt::format("level 2: {}\n", !level2.holds(line)  ? "not there"
                                         : level2.dirty(line) ? "dirty"
                                                              : "clean");
    std::array<uint8_t, cache::kLine> seen{}, stored{};
    const bool memory = machine.cpu.debug_read(0, line, seen) && machine.cpu.debug_read(line, stored);
    if (!memory) return text + "no memory there\n";
    return text + (seen == stored ? "memory has the same bytes as the cores see\n"
                                  : "memory has other bytes than the cores see: a device would read those\n");
}

std::string monitor_buffers(const MonitorSubject& subject, const Words&) {
    std::string text;
    for (const auto& [id, buffer] : subject.shared.buffers()) text += observe::buffer_text(id, buffer);
    for (const observe::SharedBuffers::Loose& memory : subject.shared.loose())
        text += observe::loose_text(memory);
    for (const auto& [key, buffer] : subject.buffers.buffers()) text += buffer_text(key, buffer);
    return text.empty() ? "no driver has told of a buffer\n" : text;
}

std::string monitor_owner(const MonitorSubject& subject, const Words& arguments) {
    const PhysAddr address{monitor_number("address", arguments[0])};
    std::string text;
    if (const auto shared = subject.shared.at(address))
        text += fmt::format("byte {} of {}", shared->offset,
                            observe::buffer_text(shared->id, subject.shared.buffers().at(shared->id)));
    for (const auto& [key, buffer] : subject.buffers.buffers()) {
        const auto place = place_in(subject.machine, key.device, buffer, address);
        if (place) text += fmt::format("byte {} of {}", *place, buffer_text(key, buffer));
    }
    if (text.empty()) text = block_at(subject.machine, address);
    return text.empty() ? "in no buffer that a driver has told of, in no block\n" : text;
}

}  // namespace exysim::cli
