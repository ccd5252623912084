// The fast path of loads and stores: virtual granule (a page or a cache line) -> host memory. An entry exists
// only if translation, permission, memory type and cache state allow the access without further thought;
// everything unusual is arranged by removing entries.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

namespace exysim {

/// Direct mapped. One table for reads and one for writes, so that two streams never fight over a slot.
class HostTable {
public:
    struct Entry {
        uint64_t tag = ~uint64_t{0};
        uintptr_t addend = 0;  ///< host address = addend + virtual address
    };
    static constexpr uint32_t kEntriesLog2 = 11, kEntries = 1U << kEntriesLog2;

    /// Bytes an entry covers; a power of two. Call before use.
    void set_granule(uint32_t bytes) {
        mask_ = ~(bytes - 1);
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
        const uint32_t granule = va & mask_, at = slot(va);
        entries_[at] = {context | granule, reinterpret_cast<uintptr_t>(host) - granule};
        return static_cast<uint16_t>(at);
    }
    /// Removes the entry at `slot` if it still points to `host`.
    void remove(uint16_t at, const uint8_t* host) {
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
        Entry& e = entries_[slot(va)];
        if ((static_cast<uint32_t>(e.tag) & mask_) == va) e = {};
    }
    /// Removes what points to the granule at `host`, whatever its virtual address.
    void remove_host(const uint8_t* host) {
        for (Entry& e : entries_) {
            if (points_to(e, host)) e = {};
        }
    }
    void clear() { entries_.fill({}); }

private:
    bool points_to(const Entry& e, const uint8_t* host) const {
        return e.addend + (static_cast<uint32_t>(e.tag) & mask_) == reinterpret_cast<uintptr_t>(host);
    }

    uint32_t mask_ = ~0U << 12;
    std::array<Entry, kEntries> entries_{};
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
