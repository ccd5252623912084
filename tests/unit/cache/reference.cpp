#include "tests/unit/cache/reference.hpp"

#include <algorithm>

namespace exysim::test {

// --- level 1

bool Reference::mixes_stores(unsigned core, uint32_t address, const MemoryAttributes& how,
                             bool to_write) const {
    const Core& c = cores_[core];
    const bool kept = inner(how) && !(to_write && how.inner == CachePolicy::write_through);
    const uint32_t at = line_of(address);
    if (whole_lines_ == 0 || (kept && c.lines.count(at) != 0)) return false;
    if (c.gathered.empty()) return kept && to_write && !c.stores.empty();
    return !(kept && to_write && c.gathered.front().base == at);
}

bool Reference::snoops_into_slots(unsigned core, uint32_t address) const {
    for (unsigned n = 0; n < cores_.size(); ++n) {
        const auto line = cores_[n].lines.find(line_of(address));
        if (n != core && line != cores_[n].lines.end() && line->second.dirty && !outer(line->second.how))
            return true;
    }
    return false;
}

void Reference::prepare(unsigned core, uint32_t address, const MemoryAttributes& how, bool to_write) {
    Core& c = cores_[core];
    const auto waits = [&](uint32_t bytes) {
        return std::any_of(c.stores.begin(), c.stores.end(),
                           [&](const Unit& u) { return u.base / bytes == address / bytes; });
    };
    if (how.type != MemoryType::normal) return leave(c);
    const bool kept = inner(how) && !(to_write && how.inner == CachePolicy::write_through);
    const bool stays = kept && c.lines.count(line_of(address)) != 0;
    c.past = kept && to_write && !stays && goes_past(c, line_of(address));
    if (c.past) return;
    if (to_write && !kept) give_line(c);
    const bool gathers = !c.gathered.empty() && c.gathered.front().base == line_of(address);
    if (kept && !stays && gathers) leave(c);
    const bool misses = kept ? c.lines.count(line_of(address)) == 0 : !to_write;
    if (misses && waits(kept ? 32 : 8)) leave(c);
}

std::vector<uint8_t> Reference::load(unsigned core, uint32_t address, uint32_t size,
                                     const MemoryAttributes& how) {
    std::vector<uint8_t> data(size);
    if (how.type == MemoryType::strongly_ordered) {
        leave_slot(line_of(address));
        for (uint32_t i = 0; i < size; ++i) data[i] = cell(address + i);
    } else if (inner(how)) {
        const Line& line = fetch(core, line_of(address), how, false);
        std::copy_n(line.bytes.begin() + address % 32, size, data.begin());
    } else {
        read_below(address, data, how);
    }
    return data;
}

void Reference::store(unsigned core, uint32_t address, std::span<const uint8_t> data,
                      const MemoryAttributes& how) {
    Core& c = cores_[core];
    if (how.type == MemoryType::strongly_ordered) {
        leave_slot(line_of(address));
        for (uint32_t i = 0; i < data.size(); ++i) cell(address + i) = data[i];
        return;
    }
    if (c.past) {
        const uint32_t at = line_of(address);
        if (c.gathered.empty()) c.gathered.push_back({at, {}, how});
        Unit& line = c.gathered.front();
        for (uint32_t i = 0; i < data.size(); ++i) line.bytes[address + i] = data[i];
        if (line.bytes.size() == 32) give_line(c);
        return;
    }
    if (inner(how) && how.inner != CachePolicy::write_through) {
        Line& line = fetch(core, line_of(address), how, true);
        line.dirty = true;
        std::copy(data.begin(), data.end(), line.bytes.begin() + address % 32);
        return;
    }
    if (inner(how)) {  // write-through: other copies go, ours is kept right
        const uint32_t at = line_of(address);
        for (Core& other : cores_) {
            if (&other == &c || other.lines.count(at) == 0) continue;
            clean(other, at);
            other.lines.erase(at);
        }
        if (const auto found = c.lines.find(at); found != c.lines.end())
            std::copy(data.begin(), data.end(), found->second.bytes.begin() + address % 32);
    }
    const uint32_t base = address / 8 * 8;
    auto unit = std::find_if(c.stores.begin(), c.stores.end(), [&](const Unit& u) { return u.base == base; });
    if (unit == c.stores.end()) {
        if (c.stores.size() == 4) {
            const Unit oldest = c.stores.front();
            c.stores.pop_front();
            for (const auto& [a, b] : oldest.bytes) write_below(a, b, oldest.how, false);
            leave_if_full(line_of(oldest.base));
        }
        unit = c.stores.insert(c.stores.end(), Unit{base, {}, how});
    }
    for (uint32_t i = 0; i < data.size(); ++i) unit->bytes[address + i] = data[i];
}

Reference::Line& Reference::fetch(unsigned core, uint32_t at, const MemoryAttributes& how, bool to_write) {
    Core& c = cores_[core];
    const bool here = c.lines.count(at) != 0;
    for (Core& other : cores_) {
        if (&other == &c || other.lines.count(at) == 0 || (here && !to_write)) continue;
        clean(other, at);
        if (to_write) other.lines.erase(at);
    }
    if (here) return c.lines[at];
    Line line;
    line.how = how;
    read_below(at, line.bytes, how);
    return c.lines[at] = line;
}

void Reference::clean(Core& core, uint32_t at) {
    Line& line = core.lines[at];
    if (!line.dirty) return;
    line.dirty = false;
    for (uint32_t i = 0; i < 32; ++i) write_below(at + i, line.bytes[i], line.how, true);
    leave_if_full(at);
}

void Reference::leave(Core& core) {
    for (const Unit& u : core.stores) {
        for (const auto& [a, b] : u.bytes) write_below(a, b, u.how, false);
        leave_if_full(line_of(u.base));
    }
    core.stores.clear();
    core.in_a_row = 0;
    give_line(core);
}

/// A store has missed: lines in a row, each the one after that before it.
bool Reference::goes_past(Core& c, uint32_t line) {
    if (whole_lines_ == 0) return false;
    if (!c.gathered.empty() && c.gathered.front().base == line) return true;
    give_line(c);
    c.in_a_row = line == c.next_store ? c.in_a_row + 1 : 0;
    c.next_store = line + 32;
    return c.in_a_row >= whole_lines_;
}

/// A line that is whole goes below as it is; the rest of another is fetched first.
void Reference::give_line(Core& c) {
    if (c.gathered.empty()) return;
    const Unit line = c.gathered.front();
    c.gathered.clear();
    const auto core = static_cast<unsigned>(&c - cores_.data());
    if (line.bytes.size() < 32) {
        c.in_a_row = 0;
        Line& fetched = fetch(core, line.base, line.how, true);
        for (const auto& [a, b] : line.bytes) fetched.bytes[a % 32] = b;
        fetched.dirty = true;
        return;
    }
    for (Core& other : cores_) {
        if (&other == &c || other.lines.count(line.base) == 0) continue;
        clean(other, line.base);
        other.lines.erase(line.base);
    }
    for (const auto& [a, b] : line.bytes) write_below(a, b, line.how, true);
    leave_if_full(line.base);
}

void Reference::barrier(unsigned core) { leave(cores_[core]); }

void Reference::maintain_own(unsigned core, Maintenance what, uint32_t at) {
    Core& c = cores_[core];
    if (c.lines.count(at) == 0) return;
    if (what != Maintenance::invalidate) clean(c, at);
    if (what != Maintenance::clean) c.lines.erase(at);
}

void Reference::maintain_set_way(unsigned core, Maintenance what, uint32_t at) {
    give_line(cores_[core]);
    if (at != 0) maintain_own(core, what, at);
}

void Reference::maintain(unsigned core, Maintenance what, uint32_t at, const MemoryAttributes& how) {
    Core& c = cores_[core];
    if (!c.gathered.empty() && c.gathered.front().base == at) give_line(c);
    maintain_own(core, what, at);
    for (unsigned n = 0; how.shareable && n < cores_.size(); ++n) maintain_own(n, what, at);
}

void Reference::evict(unsigned core, uint32_t at) { maintain_own(core, Maintenance::clean_invalidate, at); }

std::vector<uint32_t> Reference::lines(unsigned core) const {
    std::vector<uint32_t> all;
    for (const auto& [at, line] : cores_[core].lines) all.push_back(at);
    return all;
}

// --- level 2

Reference::Line& Reference::level2_line(uint32_t at, bool read_first) {
    const auto found = level2_.find(at);
    if (found != level2_.end()) return found->second;
    leave_slot(at);
    Line line;
    for (uint32_t i = 0; read_first && i < 32; ++i) line.bytes[i] = cell(at + i);
    return level2_[at] = line;
}

void Reference::read_below(uint32_t address, std::span<uint8_t> data, const MemoryAttributes& how) {
    if (outer(how)) {
        const Line& line = level2_line(line_of(address), true);
        std::copy_n(line.bytes.begin() + address % 32, data.size(), data.begin());
        return;
    }
    leave_slot(line_of(address));
    for (uint32_t i = 0; i < data.size(); ++i) data[i] = cell(address + i);
}

void Reference::write_below(uint32_t address, uint8_t byte, const MemoryAttributes& how, bool whole_line) {
    const uint32_t at = line_of(address);
    const bool back = outer(how) && how.outer != CachePolicy::write_through;
    const bool allocate = back && (whole_line || how.outer == CachePolicy::write_back_allocate);
    if (allocate || (outer(how) && level2_.count(at) != 0)) {
        Line& line = level2_line(at, !whole_line);
        line.bytes[address % 32] = byte;
        line.dirty = line.dirty || back;
        if (back) return;
    }
    into_slot(address, byte);
}

void Reference::into_slot(uint32_t address, uint8_t byte) {
    const uint32_t at = line_of(address);
    auto slot = std::find_if(slots_.begin(), slots_.end(), [&](const Unit& u) { return u.base == at; });
    if (slot == slots_.end()) {
        if (slots_.size() == 3) leave_oldest_slot();
        slot = slots_.insert(slots_.end(), Unit{at, {}, {}});
    }
    slot->bytes[address] = byte;
}

void Reference::leave_if_full(uint32_t at) {
    const auto slot = std::find_if(slots_.begin(), slots_.end(), [&](const Unit& u) { return u.base == at; });
    if (slot != slots_.end() && slot->bytes.size() == 32) leave_slot(at);
}

void Reference::leave_oldest_slot() {
    for (const auto& [a, b] : slots_.front().bytes) cell(a) = b;
    slots_.pop_front();
}

void Reference::leave_slot(uint32_t at) {
    const auto slot = std::find_if(slots_.begin(), slots_.end(), [&](const Unit& u) { return u.base == at; });
    if (slot == slots_.end()) return;
    for (const auto& [a, b] : slot->bytes) cell(a) = b;
    slots_.erase(slot);
}

void Reference::maintain_level2(Maintenance what, uint32_t at) {
    const auto found = level2_.find(at);
    if (found == level2_.end()) return;
    Line& line = found->second;
    if (what != Maintenance::invalidate && line.dirty) {
        leave_slot(at);
        for (uint32_t i = 0; i < 32; ++i) cell(at + i) = line.bytes[i];
        line.dirty = false;
    }
    if (what != Maintenance::clean) level2_.erase(found);
}

void Reference::evict_level2(uint32_t at) { maintain_level2(Maintenance::clean_invalidate, at); }

void Reference::sync() {
    while (!slots_.empty()) leave_oldest_slot();
}

void Reference::device_write(uint32_t address, std::span<const uint8_t> data) {
    for (uint32_t i = 0; i < data.size(); ++i) cell(address + i) = data[i];
}

std::vector<uint32_t> Reference::level2_lines() const {
    std::vector<uint32_t> all;
    for (const auto& [at, line] : level2_) all.push_back(at);
    return all;
}

}  // namespace exysim::test
