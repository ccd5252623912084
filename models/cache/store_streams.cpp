// Stores that fill whole lines one after the other (memset, the target of a copy). The store buffer's four
// entries of 64 bits are one line; a line that is complete there goes on to the level-2 cache as it is,
// without being fetched and without a place in the level-1 cache. Sources: Cortex-A9 erratum 761320
// (whole-line writes to coherent memory; DIAG[21] turns the bus interface's "direct eviction" off and may
// cost bandwidth) as Intel publishes it for Cyclone V; erratum ERR009604 of the i.MX 6 (DIAG[22] keeps the
// core out of a "read-allocate (streaming) mode", for which the first two whole lines prepare and that shows
// from the fourth on); measured on a Cortex-A9 (Tegra 2): memset beyond the caches reaches 2 GB/s of 2.4
// GB/s, which leaves no room for fetching. Full line of zeros: Zynq-7000 TRM (UG585) chapter 3: one command
// cycle for lines that are not coherent, off unless both sides are told; the flag on the bus is AWUSERM0[7]
// (Cortex-A9 TRM, DDI 0388I table 8-5). Unconfirmed: the PL310 TRM's own page on it, and four beats in its
// place.
#include <algorithm>
#include <cassert>

#include "models/cache/core_caches.hpp"
#include "models/cache/level2_lines.hpp"

namespace exysim::cache {

/// A store has missed a line that is not being gathered: true if it shall wait in the store buffer for the
/// rest of its line.
bool CoreCaches::goes_past(PhysAddr line) {
    if (!gathered_.empty()) wait_for(give_line(now()));
    return awaits_whole_line(line);
}

bool CoreCaches::awaits_whole_line(PhysAddr line) {
    store_lines_ = line == next_store_ ? store_lines_ + 1 : 0;
    next_store_ = line + kLine;
    return store_lines_ >= kWholeLines && side_->direct_eviction();
}

void CoreCaches::gather(PhysAddr address, const MemoryAttributes& how, std::span<const uint8_t> data) {
    const bool whole =
        gathered_.holds(address) ? gathered_.join(address, data) : gathered_.put(address, data, how, now());
    if (whole) wait_for(give_line(now()));
}

/// One instruction's stores are a line (STM): nothing is left to be gathered. direct() has just found that
/// the line is not here, and the core itself makes known what it stores at once. Compiled as one as far as
/// the bus, like fill_for_reading().
[[gnu::flatten, gnu::noinline]] void CoreCaches::send_whole(PhysAddr line, const MemoryAttributes& how,
                                                            std::span<const uint8_t, kLine> bytes) {
    assert(!holds(line));
    const Picoseconds asked = now();
    const Picoseconds taken = send_line(line, how, bytes, asked);
    if (taken > asked) wait_for(taken);
}

/// The line leaves the store buffer, complete or not. Returns when the buffer is free again.
Picoseconds CoreCaches::give_line(Picoseconds when) {
    const Pending line = gathered_.take_oldest();
    Picoseconds free = when;
    const uint32_t at = data_.find(line.base);
    if (at != Array::kNone) {  // a speculative fill was faster
        merge_into(at, line);
    } else {
        free =
            line.mask == ~0U ? send_line(line.base, line.how, line.bytes, when) : complete_line(line, when);
    }
    side_->line_visible(line.base);
    return free;
}

/// Four beats of 64 bits; the next line can be gathered meanwhile.
Picoseconds CoreCaches::send_line(PhysAddr line, const MemoryAttributes& how,
                                  std::span<const uint8_t, kLine> bytes, Picoseconds when) {
    ++count_.whole_lines;
    overwritten({core_, line});
    if (how.shareable && config_.cores > 1) snoop_.others(core_, line, Direction::write, when);
    const bool zeros = level2_.control.full_line_of_zeros && side_->full_line_of_zeros() && !how.shareable &&
                       std::ranges::all_of(bytes, [](uint8_t byte) { return byte == 0; });
    const Picoseconds taken = level2_.write(core_, line, how, writable(bytes), std::max(when, line_out_)).at;
    line_out_ = taken + (zeros ? 1 : kLine / kStoreBytes) * config_.cycle;
    return taken;
}

/// Stores went elsewhere before the line was whole: it is fetched after all.
Picoseconds CoreCaches::complete_line(const Pending& line, Picoseconds when) {
    ++count_.data_misses;
    store_lines_ = 0;
    const auto [at, finished] = bring_in(line.base, line.how, LineFilled::Why::store, when);
    if (at != Array::kNone) merge_into(at, line);
    return store_fills_.enter(finished.at);
}

void CoreCaches::merge_into(uint32_t at, const Pending& line) {
    own(at);
    for (uint32_t i = 0; i < kLine; ++i) {
        if ((line.mask >> i & 1) != 0) data_.data(at)[i] = line.bytes[i];
    }
}

}  // namespace exysim::cache
