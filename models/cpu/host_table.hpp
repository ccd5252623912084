// The fast path of loads and stores: virtual page -> host memory. An entry exists only if translation,
// permission and memory type allow the access without further thought; everything unusual is arranged by
// removing entries.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

namespace exysim::cpu {

/// Direct mapped. One table for reads and one for writes, so that two streams never fight over a slot.
class HostTable {
public:
    struct Entry {
        uint64_t tag = ~uint64_t{0};
        uintptr_t addend = 0;  ///< host address = addend + virtual address
    };
    static constexpr uint32_t kEntries = 1024;
    static constexpr uint32_t kPageMask = 0xFFFF'F000;

    /// Slot of a virtual address; higher bits are folded in so that power-of-two distances do not collide.
    static uint32_t slot(uint32_t va) { return ((va >> 12) ^ (va >> 22)) % kEntries; }

    /// The host address of `T` at `va`, or nullptr. Misaligned addresses never match. `context` is what tags
    /// carry besides the page: generation, ASID and privilege, in the upper half.
    template <class T>
    [[gnu::always_inline]] uint8_t* find(uint64_t context, uint32_t va) const {
        const Entry& e = entries_[slot(va)];
        if (e.tag != (context | (va & (kPageMask | (sizeof(T) - 1))))) [[unlikely]]
            return nullptr;
        return reinterpret_cast<uint8_t*>(e.addend + va);
    }
    void insert(uint64_t context, uint32_t va, uint8_t* host_page) {
        const uint32_t page = va & kPageMask;
        entries_[slot(va)] = {context | page, reinterpret_cast<uintptr_t>(host_page) - page};
    }
    void remove_page(uint32_t va) {
        Entry& e = entries_[slot(va)];
        if ((static_cast<uint32_t>(e.tag) & kPageMask) == (va & kPageMask)) e = {};
    }
    /// Removes what points into the host page (a physical page, whatever its virtual address).
    void remove_host(const uint8_t* host_page) {
        for (Entry& e : entries_) {
            const uintptr_t mapped = e.addend + (static_cast<uint32_t>(e.tag) & kPageMask);
            if (mapped == reinterpret_cast<uintptr_t>(host_page)) e = {};
        }
    }
    void clear() { entries_.fill({}); }

private:
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

}  // namespace exysim::cpu
