#include "platform/sanitizer/line_watch.hpp"

#include <algorithm>
#include <bit>

namespace exysim::sanitizer {

namespace {

PhysAddr line_of(PhysAddr a) { return PhysAddr{a.value & ~(kLineBytes - 1)}; }

/// A bit a byte of a line.
uint32_t bytes_mask(uint32_t first, size_t count) {
    return static_cast<uint32_t>(((uint64_t{1} << count) - 1) << first);
}

}  // namespace

/// Calls use(line, bytes of the line as a mask, offset in the access of the line's first byte in it).
template <class Use>
void LineWatch::each_line(PhysAddr address, size_t size, Use use) {
    for (size_t done = 0; done < size;) {
        const PhysAddr at = address + static_cast<uint32_t>(done);
        const uint32_t offset = at.value % kLineBytes;
        const size_t here = std::min<size_t>(size - done, kLineBytes - offset);
        use(line_of(at), bytes_mask(offset, here), done);
        done += here;
    }
}

/// The bytes of a dirty line that stores have changed, all if it is not known what it held before.
uint32_t LineWatch::changed(PhysAddr line, const LineBytes& bytes) const {
    const auto found = written_.find(line.value);
    if (found == written_.end()) return ~0U;
    uint32_t mask = found->second.fresh;
    for (uint32_t i = 0; i < kLineBytes; ++i) mask |= (bytes[i] != found->second.before[i] ? 1U : 0U) << i;
    return mask;
}

/// Of the bytes of `mask`, those that memory has otherwise.
uint32_t LineWatch::differing(PhysAddr line, std::span<const uint8_t> bytes, uint32_t mask) const {
    LineBytes memory;
    if (mask == 0 || !views_.memory(line, memory)) return 0;
    uint32_t different = 0;
    for (uint32_t i = 0; i < kLineBytes; ++i) different |= (bytes[i] != memory[i] ? 1U : 0U) << i;
    return different & mask;
}

Actor LineWatch::core_actor(unsigned core) const {
    const CodePlace place = views_.place(core);
    return {{}, place, place.time};
}

Actor LineWatch::writer_of(PhysAddr line) const {
    const auto found = written_.find(line.value);
    return found == written_.end() ? Actor{} : found->second.by;
}

void LineWatch::device_read(const DeviceAccess& access) {
    const auto part = [&](PhysAddr line, uint32_t range, size_t done) {
        LineBytes newer{};
        uint32_t fresh = 0;
        if (views_.overlay_dirty(line, newer)) {
            fresh = changed(line, newer);
            if (const auto f = foreign_.find(line.value); f != foreign_.end()) fresh &= ~f->second.mask;
        }
        fresh |= views_.overlay_waiting(line, newer);
        uint32_t lost = 0;
        if (!lost_.empty()) {
            const auto l = lost_.find(line.value);
            if (l != lost_.end()) lost = l->second.mask & range & ~fresh;
        }
        if ((fresh & range) == 0 && lost == 0) return;
        const auto first = static_cast<uint32_t>(std::countr_zero(range));
        uint32_t stale = 0;
        for (uint32_t i = first; i < kLineBytes && (range >> i & 1) != 0; ++i) {
            const bool differs = access.data[done + i - first] != newer[i];
            stale |= (differs ? 1U : 0U) << i;
        }
        stale &= fresh & range;
        if (stale != 0) {
            const auto at = static_cast<uint32_t>(std::countr_zero(stale));
            const auto iova = access.iova
                                  ? std::optional{*access.iova + static_cast<uint32_t>(done + at - first)}
                                  : std::nullopt;
            log_.report({Rule::device_reads_stale,
                         true,
                         line + at,
                         static_cast<uint32_t>(std::popcount(stale)),
                         iova,
                         {access.device, {}, views_.now()},
                         writer_of(line),
                         {}});
        }
        if (lost != 0) look_for_lost(line, {access.device, {}, views_.now()});
    };
    each_line(access.address, access.data.size(), part);
}

/// Bytes that were lost there are no more missing.
void LineWatch::written_anew(PhysAddr line, uint32_t range) {
    if (lost_.empty()) return;
    const auto l = lost_.find(line.value);
    if (l != lost_.end()) l->second.mask &= ~range;
}

void LineWatch::device_wrote(const DeviceAccess& access) {
    each_line(access.address, access.data.size(), [&](PhysAddr line, uint32_t range, size_t) {
        written_anew(line, range);
        if (!views_.cached(line)) return;
        Foreign& f = foreign_.try_emplace(line.value, Foreign{}).first->second;
        f = {f.mask | range, {access.device, {}, views_.now()}, false};
        views_.watch(line);
    });
}

void LineWatch::coherent_device_wrote(const DeviceAccess& access) {
    const Actor by{access.device, {}, views_.now()};
    each_line(access.address, access.data.size(), [&](PhysAddr line, uint32_t range, size_t) {
        written_anew(line, range);
        if (const auto f = foreign_.find(line.value); f != foreign_.end()) f->second.mask &= ~range;
        LineBytes bytes;
        if (!views_.overlay_dirty(line, bytes)) {  // it went through to memory
            written_.erase(line.value);
            return;
        }
        Written& w = written_.try_emplace(line.value, Written{bytes, 0, {}}).first->second;
        w.fresh |= range;
        w.by = by;
    });
}

void LineWatch::dirtied(const cache::LineDirtied& event) {
    if (!lost_.empty()) lost_.erase(event.address.value);
    LineBytes below;
    const bool still_dirty = views_.overlay_dirty(event.address, below);  // in the level-2 cache
    if (still_dirty && written_.contains(event.address.value)) return;
    Written& w = written_[event.address.value];
    std::copy(event.before.begin(), event.before.end(), w.before.begin());
    w.fresh = 0;
    w.by = core_actor(event.core);
}

void LineWatch::overwritten(const cache::LineOverwritten& event) {
    if (!lost_.empty()) lost_.erase(event.address.value);
    foreign_.erase(event.address.value);
    written_[event.address.value] = {{}, ~0U, core_actor(event.core)};
}

void LineWatch::filled(const cache::LineFilled& event) {
    const bool load = event.why == cache::LineFilled::Why::load;
    if (foreign_.contains(event.address.value)) {
        if (load) {
            judge_copy(event.address, event.core, event.bytes, ~0U);
        } else {
            views_.watch(event.address);
        }
    }
    if (load && !lost_.empty() && lost_.contains(event.address.value))
        look_for_lost(event.address, core_actor(event.core));
}

void LineWatch::touched(const cache::LineTouched& event) {
    judge_copy(line_of(event.address), event.core, event.line, ~0U);
}

/// A core uses its copy of a line that somebody else has written to since.
void LineWatch::judge_copy(PhysAddr line, unsigned core, std::span<const uint8_t> bytes, uint32_t mask) {
    const auto found = foreign_.find(line.value);
    if (found == foreign_.end()) return;
    Foreign& f = found->second;
    LineBytes dirty;
    if (views_.overlay_dirty(line, dirty)) mask &= ~changed(line, dirty);
    const uint32_t stale = differing(line, bytes, f.mask & mask);
    if (stale == 0) return;
    const Rule rule = f.past_caches ? Rule::mixed_memory_types : Rule::cpu_reads_stale;
    log_.report({rule,
                 true,
                 line + static_cast<uint32_t>(std::countr_zero(stale)),
                 static_cast<uint32_t>(std::popcount(stale)),
                 {},
                 core_actor(core),
                 f.by,
                 {}});
    f.mask &= ~stale;
}

void LineWatch::look_for_lost(PhysAddr line, const Actor& by) {
    const auto found = lost_.find(line.value);
    const uint32_t gone = differing(line, found->second.bytes, found->second.mask);
    if (gone != 0) {
        const Actor& writer = found->second.by;
        log_.report({writer.device.empty() ? Rule::lost_cpu_write : Rule::lost_device_write,
                     true,
                     line + static_cast<uint32_t>(std::countr_zero(gone)),
                     static_cast<uint32_t>(std::popcount(gone)),
                     {},
                     by,
                     writer,
                     {}});
    }
    lost_.erase(found);
}

void LineWatch::past(const cache::AccessPast& event) {
    const bool write = event.direction == Direction::write;
    each_line(event.address, event.size, [&](PhysAddr line, uint32_t range, size_t) {
        LineBytes dirty;
        const bool is_dirty = views_.overlay_dirty(line, dirty);
        if (is_dirty) report_past(event.core, line, dirty, write ? ~0U : range);
        if (!is_dirty && !write && event.type == MemoryType::normal) judge_answer(event.core, line, range);
        if (!write || !(is_dirty || views_.cached(line))) return;
        Foreign& f = foreign_.try_emplace(line.value, Foreign{}).first->second;
        f = {f.mask | range, core_actor(event.core), true};
        views_.watch(line);
    });
}

/// A non-cacheable load may find a line of level 2 all the same.
void LineWatch::judge_answer(unsigned core, PhysAddr line, uint32_t range) {
    LineBytes bytes;
    if (!views_.answers_past || !views_.answers_past(line, bytes)) return;
    const uint32_t stale = differing(line, bytes, range);
    if (stale == 0) return;
    const auto found = foreign_.find(line.value);
    log_.report({Rule::cpu_reads_stale,
                 true,
                 line + static_cast<uint32_t>(std::countr_zero(stale)),
                 static_cast<uint32_t>(std::popcount(stale)),
                 {},
                 core_actor(core),
                 found == foreign_.end() ? Actor{} : found->second.by,
                 {}});
}

/// A core goes past a dirty line. Writing back the line overwrites all of it; a read misses what it has
/// newer.
void LineWatch::report_past(unsigned core, PhysAddr line, const LineBytes& dirty, uint32_t range) {
    const uint32_t newer = changed(line, dirty) & range;
    if (newer == 0) return;
    log_.report({Rule::mixed_memory_types,
                 differing(line, dirty, newer) != 0,
                 line + static_cast<uint32_t>(std::countr_zero(newer)),
                 static_cast<uint32_t>(std::popcount(newer)),
                 {},
                 core_actor(core),
                 writer_of(line),
                 {}});
}

void LineWatch::discarded(const cache::LineDiscarded& event) {
    LineBytes bytes;
    std::copy(event.bytes.begin(), event.bytes.end(), bytes.begin());
    const auto writer = written_.find(event.address.value);
    uint32_t mask = differing(event.address, bytes, changed(event.address, bytes));
    if (mask == 0 || writer == written_.end()) return;
    // What somebody else has written since is not the core's any more.
    const auto since = foreign_.find(event.address.value);
    if (since != foreign_.end() && since->second.by.time >= writer->second.by.time)
        mask &= ~since->second.mask;
    if (mask != 0) lost_[event.address.value] = {mask, bytes, writer->second.by};
}

void LineWatch::came_from_memory(PhysAddr line) {
    foreign_.erase(line.value);
    written_.erase(line.value);
}

void LineWatch::written_back(const cache::LineWrittenBack& event) {
    const uint32_t key = event.address.value;
    if (const auto found = foreign_.find(key); found != foreign_.end()) {
        const Foreign& f = found->second;
        LineBytes bytes;
        std::copy(event.bytes.begin(), event.bytes.end(), bytes.begin());
        const Actor writer = writer_of(event.address);
        // A core that writes later may mean all of the line: new memory is filled over an old owner's lines.
        const bool later = writer.time > f.by.time;
        const uint32_t lost = later ? 0 : differing(event.address, bytes, f.mask);
        if (lost != 0) {
            const Rule rule = f.past_caches ? Rule::mixed_memory_types : Rule::lost_device_write;
            log_.report({rule,
                         true,
                         event.address + static_cast<uint32_t>(std::countr_zero(lost)),
                         static_cast<uint32_t>(std::popcount(lost)),
                         {},
                         writer,
                         f.by,
                         {}});
        }
        foreign_.erase(found);
    }
    written_.erase(key);
}

}  // namespace exysim::sanitizer
