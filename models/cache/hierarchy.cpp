#include "models/cache/hierarchy.hpp"

#include <algorithm>

#include "models/cache/level2_lines.hpp"

namespace exysim::cache {

Hierarchy::Hierarchy(const Config& config, Statistics& statistics)
    : config_{config}, level2_{config_, statistics} {
    for (unsigned n = 0; n < config.cores; ++n)
        cores_.push_back(std::make_unique<CoreCaches>(config_, n, level2_, *this, statistics));
}

void Hierarchy::connect(BusPort& bus) {
    level2_.connect(bus);
    for (auto& core : cores_) core->connect(bus);
}

Picoseconds Hierarchy::next_departure() const {
    Picoseconds next = level2_.next_departure();
    for (const auto& core : cores_) next = std::min(next, core->next_departure());
    return next;
}

void Hierarchy::depart(Picoseconds now) {
    for (auto& core : cores_) core->depart(now);
    level2_.depart(now);
}

void Hierarchy::poke(PhysAddr address, std::span<const uint8_t> data) {
    for (size_t done = 0; done < data.size();) {
        const PhysAddr at = address + static_cast<uint32_t>(done);
        const size_t here = std::min<size_t>(data.size() - done, kLine - at.value % kLine);
        level2_.poke(at, data.subspan(done, here));
        for (auto& core : cores_) core->poke(at, data.subspan(done, here));
        done += here;
    }
}

bool Hierarchy::holds(PhysAddr line) const {
    return level2_.holds(line) ||
           std::any_of(cores_.begin(), cores_.end(), [&](const auto& core) { return core->holds(line); });
}

bool Hierarchy::overlay_dirty(PhysAddr line, std::span<uint8_t> bytes) const {
    bool dirty = level2_.overlay_dirty(line, bytes);
    for (const auto& core : cores_) dirty = core->overlay_modified(line, bytes) || dirty;
    return dirty;
}

uint32_t Hierarchy::overlay_waiting(PhysAddr line, std::span<uint8_t> bytes) const {
    uint32_t mask = level2_.overlay_waiting(line, bytes);
    for (const auto& core : cores_) mask |= core->overlay_waiting(line, bytes);
    return mask;
}

void Hierarchy::watch(PhysAddr line) {
    for (auto& core : cores_) core->watch(line);
}

bool Hierarchy::holds_code(PhysAddr line) const {
    return std::any_of(cores_.begin(), cores_.end(), [&](const auto& c) { return c->holds_code(line); });
}

void Hierarchy::watch_code(PhysAddr line) {
    for (auto& core : cores_) core->watch_code(line);
}

bool Hierarchy::has_work(unsigned level, Maintenance operation, PhysAddr line) const {
    const bool clean = operation == Maintenance::clean;
    if (level == 2) return clean ? level2_.dirty(line) : level2_.holds(line);
    return std::any_of(cores_.begin(), cores_.end(), [&](const auto& core) {
        return clean ? core->state_of(line) == State::modified : core->holds(line);
    });
}

Finished Hierarchy::coherent_burst(Direction direction, PhysAddr address, std::span<uint8_t> data,
                                   Picoseconds now) {
    constexpr unsigned kMaster = 4;  // behind the cores, in the PL310's lockdown registers
    constexpr MemoryAttributes kHow{MemoryType::normal, CachePolicy::write_back_allocate,
                                    CachePolicy::write_back_allocate, true};
    Finished all{now};
    for (size_t done = 0; done < data.size();) {
        const PhysAddr at = address + static_cast<uint32_t>(done);
        const size_t here = std::min<size_t>(data.size() - done, kLine - at.value % kLine);
        const std::span<uint8_t> part = data.subspan(done, here);
        for (auto& core : cores_) core->snooped(line_of(at), direction, now);
        const Finished f = direction == Direction::read
                               ? level2_.read(kMaster, Level2::Source::data, at, kHow, part, now)
                               : level2_.write(kMaster, at, kHow, part, now);
        all = {std::max(all.at, f.at), all.ok && f.ok};
        done += here;
    }
    return all;
}

bool Hierarchy::others(unsigned by, PhysAddr line, Direction direction, Picoseconds now) {
    bool kept = false;
    each_other(by, [&](CoreCaches& core) { kept = core.snooped(line, direction, now) || kept; });
    return kept;
}

void Hierarchy::maintain_others(unsigned by, Maintenance operation, PhysAddr line, Picoseconds now) {
    each_other(by, [&](CoreCaches& core) { core.maintain_line(operation, line, now); });
}

void Hierarchy::invalidate_code_of_others(unsigned by, PhysAddr address, VirtAddr va) {
    each_other(by, [&](CoreCaches& core) { core.drop_code(address, va); });
}

void Hierarchy::invalidate_all_code_of_others(unsigned by) {
    each_other(by, [](CoreCaches& core) { core.drop_all_code(); });
}

void Hierarchy::overlay_others(unsigned by, PhysAddr address, std::span<uint8_t> data) const {
    each_other(by, [&](const CoreCaches& core) { core.overlay(address, data); });
}

}  // namespace exysim::cache
