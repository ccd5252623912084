// The fast path of loads and stores: virtual granule (a page or a cache line) -> host memory. An entry exists
// only if translation, permission, memory type and cache state allow the access without further thought;
// everything unusual is arranged by removing entries.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace exysim {

/// Direct mapped. One table for reads and one for writes, so that two streams never fight over a slot. Where
/// the granule is a page, slots that lead to one host page are found by lists over a hash of its address:
/// taking a page from another core costs the same however large the table. A cache line belongs to one core
/// and remembers its slot, so there are no such lists then.
class HostTable {
public:
    struct Entry {
        uint64_t tag = ~uint64_t{0};
        uintptr_t addend = 0;  ///< host address = addend + virtual address
    };
    HostTable() { clear(); }
    static constexpr uint32_t kEntriesLog2 = 13, kEntries = 1U << kEntriesLog2;
    static constexpr uint16_t kNoSlot = kEntries;  ///< a granule's, that no entry points to

    /// Bytes an entry covers; a power of two. Call before use.
    void set_granule(uint32_t bytes) {
        mask_ = ~(bytes - 1);
        granule_log2_ = static_cast<uint32_t>(std::countr_zero(bytes));
        clear();
    }

    /// Slot of a virtual address. A multiplicative hash of the granule's number, so that streams at
    /// power-of-two distances do not collide and one multiplication serves any granule.
    uint32_t slot(uint32_t va) const { return (va & mask_) * 0x9E37'79B1U >> (32 - kEntriesLog2); }

    /// The host address of `T` at `va`, or nullptr. Misaligned addresses never match. `context` is what tags
    /// carry besides the granule: generation, ASID and privilege, in the upper half.
    template <class T>
    [[gnu::always_inline]] uint8_t* find(uint64_t context, uint32_t va) const {
        const uint32_t granule = va & mask_;
        const Entry& e = entries_[granule * 0x9E37'79B1U >> (32 - kEntriesLog2)];
        if (e.tag != (context | (granule | (va & (sizeof(T) - 1))))) [[unlikely]]
            return nullptr;
        return reinterpret_cast<uint8_t*>(e.addend + va);
    }
    /// `host`: the granule's first byte. Returns the slot.
    uint16_t insert(uint64_t context, uint32_t va, uint8_t* host) {
        const uint32_t granule = va & mask_;
        const auto at = static_cast<uint16_t>(slot(va));
        if (listed()) unlink(at);
        entries_[at] = {context | granule, reinterpret_cast<uintptr_t>(host) - granule};
        if (listed()) link(at);
        return at;
    }
    /// Removes the entry at `slot` if it still points to `host`.
    void remove(uint16_t at, const uint8_t* host) {
        if (points_to(entries_[at], host)) drop(at);
    }
    /// The same where granules are lines.
    void remove_line(uint16_t at, const uint8_t* host) {
        if (points_to(entries_[at], host)) entries_[at] = {};
    }
    /// Removes every entry of the page, whatever its context.
    void remove_page(uint32_t va) {
        constexpr uint32_t kPage = 4096;
        const uint32_t first = va & ~(kPage - 1), step = ~mask_ + 1;
        for (uint32_t offset = 0; offset < kPage; offset += step) remove_granule(first + offset);
    }
    /// Removes the entry of the granule at `va`, whatever its context.
    void remove_granule(uint32_t va) {
        const auto at = static_cast<uint16_t>(slot(va));
        if ((static_cast<uint32_t>(entries_[at].tag) & mask_) == va) drop(at);
    }
    /// Removes what points to the page at `host`, whatever its virtual address. Nothing where granules are
    /// lines.
    void remove_host(const uint8_t* host) {
        for (uint16_t at = first_[list_of(reinterpret_cast<uintptr_t>(host))]; at != kNone;) {
            const uint16_t next = next_[at];
            remove(at, host);
            at = next;
        }
    }
    void clear() {
        entries_.fill({});
        first_.fill(kNone);
    }

private:
    static constexpr uint16_t kNone = kEntries;

    bool listed() const { return granule_log2_ == 12; }
    uintptr_t host_of(const Entry& e) const { return e.addend + (static_cast<uint32_t>(e.tag) & mask_); }
    bool points_to(const Entry& e, const uint8_t* host) const {
        return host_of(e) == reinterpret_cast<uintptr_t>(host);
    }
    uint32_t list_of(uintptr_t host) const {
        return static_cast<uint32_t>(host >> granule_log2_) * 0x9E37'79B1U >> (32 - kEntriesLog2);
    }
    void link(uint16_t at) {
        uint16_t& first = first_[list_of(host_of(entries_[at]))];
        next_[at] = first;
        previous_[at] = kNone;
        if (first != kNone) previous_[first] = at;
        first = at;
    }
    /// Takes a slot out of its list, if it is taken.
    void unlink(uint16_t at) {
        const Entry& e = entries_[at];
        if (e.tag == Entry{}.tag) return;
        const uint16_t next = next_[at], previous = previous_[at];
        if (next != kNone) previous_[next] = previous;
        (previous != kNone ? next_[previous] : first_[list_of(host_of(e))]) = next;
    }
    /// Empties a slot.
    void drop(uint16_t at) {
        if (listed()) unlink(at);
        entries_[at] = {};
    }

    uint32_t mask_ = ~0U << 12, granule_log2_ = 12;
    std::array<Entry, kEntries + 1> entries_{};           // the last one, of kNoSlot, stays empty
    std::array<uint16_t, kEntries> first_{};              // of the list, by list_of(); kNone: empty
    std::array<uint16_t, kEntries> next_{}, previous_{};  // by slot, where the slot is taken
};

template <class T>
T read_host(const uint8_t* at) {
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
}
template <class T>
void write_host(uint8_t* at, T value) {
    std::memcpy(at, &value, sizeof value);
}

}  // namespace exysim
