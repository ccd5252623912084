#include "platform/sanitizer/mapping_watch.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace exysim::sanitizer {

namespace {

/// [skip, skip + bytes) of memory that lies in pieces.
std::vector<PhysRange> part_of(const std::vector<PhysRange>& pieces, uint64_t skip, uint64_t bytes) {
    std::vector<PhysRange> part;
    for (const PhysRange& piece : pieces) {
        if (bytes == 0) break;
        if (skip >= piece.size) {
            skip -= piece.size;
            continue;
        }
        const uint64_t here = std::min(bytes, piece.size - skip);
        part.push_back({piece.base + static_cast<uint32_t>(skip), here});
        bytes -= here;
        skip = 0;
    }
    return part;
}

}  // namespace

const Mapping& MappingWatch::mapped(Mapping mapping) {
    mapping.by_program = programs_run_;
    Device& device = devices_[mapping.device];
    device.live.push_back(std::move(mapping));
    settle(device);
    return device.live.back();
}

std::vector<PhysRange> MappingWatch::unmapped(const Mapping& gone) {
    Device& device = devices_[gone.device];
    const auto same = [&](const Mapping& m) {
        return m.at == gone.at && m.bytes == gone.bytes && m.buffer == gone.buffer;
    };
    const auto found = std::find_if(device.live.begin(), device.live.end(), same);
    if (found == device.live.end()) return {};
    found->ended = gone.ended;
    device.ended.push_back(std::move(*found));
    device.live.erase(found);
    if (device.ended.size() > kMostEnded) device.ended.pop_front();
    settle(device);
    return device.ended.back().pieces;
}

/// Works out what the device reaches.
void MappingWatch::settle(Device& device) {
    auto& reach = device.reach;
    reach.clear();
    for (const Mapping& m : device.live) reach.emplace_back(m.at.value, uint64_t{m.at.value} + m.bytes);
    std::sort(reach.begin(), reach.end());
    size_t kept = 0;
    for (const auto& [first, end] : reach) {
        if (kept != 0 && first <= reach[kept - 1].second) {
            reach[kept - 1].second = std::max(reach[kept - 1].second, end);
        } else {
            reach[kept++] = {first, end};
        }
    }
    reach.resize(kept);
}

std::vector<PhysRange> MappingWatch::pieces(const std::string& name, Iova at, uint32_t bytes) const {
    const auto device = devices_.find(name);
    if (device == devices_.end()) return {};
    for (const Mapping& m : device->second.live) {
        if (m.contains(at)) return part_of(m.pieces, at - m.at, bytes);
    }
    return {};
}

std::string MappingWatch::user_of(uint32_t buffer) const {
    for (const auto& [name, device] : devices_) {
        for (const Mapping& m : device.live) {
            if (m.buffer == buffer) return name;
        }
    }
    return {};
}

std::optional<Iova> MappingWatch::address_of(const std::string& name, PhysAddr memory) const {
    const auto device = devices_.find(name);
    if (device == devices_.end()) return {};
    for (const Mapping& m : device->second.live) {
        uint32_t before = 0;
        for (const PhysRange& piece : m.pieces) {
            if (piece.contains(memory)) return m.at + before + (memory - piece.base);
            before += static_cast<uint32_t>(piece.size);
        }
    }
    return {};
}

std::string MappingWatch::text(PhysAddr address) const {
    const auto holds = [address](const Mapping& m) {
        return m.buffer == 0 && std::any_of(m.pieces.begin(), m.pieces.end(),
                                            [address](const PhysRange& p) { return p.contains(address); });
    };
    for (const auto& [name, device] : devices_) {
        const auto found = std::find_if(device.live.begin(), device.live.end(), holds);
        if (found != device.live.end())
            return fmt::format("{} bytes mapped for {} at {:#010x}", found->bytes, name, found->at.value);
    }
    return {};
}

/// Bytes of the access before the first one that is in no mapping; all of them if it is fine.
uint32_t MappingWatch::first_outside(const Device& device, const DeviceReach& reach) {
    const uint64_t first = reach.at.value, end = first + reach.bytes;
    auto at = std::upper_bound(device.reach.begin(), device.reach.end(), std::pair{first, ~uint64_t{0}});
    if (at == device.reach.begin() || std::prev(at)->second <= first) return 0;
    return static_cast<uint32_t>(std::min(std::prev(at)->second, end) - first);
}

void MappingWatch::touched(const DeviceReach& reach, Picoseconds now) {
    const auto device = devices_.find(reach.device);
    if (device == devices_.end()) return;
    const uint32_t fine = first_outside(device->second, reach);
    if (fine < reach.bytes) report_outside(device->second, reach, fine, now);
}

void MappingWatch::report_outside(const Device& device, const DeviceReach& reach, uint32_t skipped,
                                  Picoseconds now) {
    const Iova at = reach.at + skipped;
    const auto here = [at](const Mapping& m) { return m.contains(at); };
    const auto old = std::find_if(device.ended.rbegin(), device.ended.rend(), here);
    const bool ended = old != device.ended.rend();
    Violation v{};
    v.rule = ended ? Rule::use_after_unmap : Rule::dma_out_of_buffer;
    v.address = reach.address + skipped;
    v.bytes = reach.bytes - skipped;
    v.by.device = reach.device;
    v.by.time = now;
    if (reach.translated) v.iova = at;
    if (ended) {
        v.before = old->ended;
        v.buffer = book_.text(old->buffer);
    } else {
        const Mapping* below = nullptr;
        for (const Mapping& m : device.live) {
            if (m.at <= at && (below == nullptr || m.at > below->at)) below = &m;
        }
        if (below != nullptr) {
            const std::string whose = book_.text(below->buffer);
            v.buffer = fmt::format(
                "no mapping, {} bytes behind the end of {}", at - below->at - below->bytes,
                whose.empty() ? fmt::format("what is mapped at {:#010x}", below->at.value) : whose);
        }
    }
    log_.report(v);
}

void MappingWatch::switched_off(Picoseconds now) {
    for (const auto& [name, device] : devices_) {
        for (const Mapping& m : device.live) {
            if (!m.by_program) continue;
            Violation v{};
            v.rule = Rule::leaked_mapping;
            v.bytes = m.bytes;
            v.iova = m.at;
            v.by.device = name;
            v.by.time = now;
            v.before = m.made;
            if (!m.pieces.empty()) v.address = m.pieces.front().base;
            v.buffer = book_.text(m.buffer);
            log_.report(v);
        }
    }
}

}  // namespace exysim::sanitizer
