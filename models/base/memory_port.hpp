// How a core reaches memory and devices: implemented by the caches, by the SystemC shell where caches are
// transparent, and by plain arrays in tests. The port owns the data; the core keeps a small table of host
// addresses (host_table.hpp) that the port grants and takes back.
#pragma once

#include <cstdint>
#include <span>

#include "models/base/address.hpp"
#include "models/base/host_table.hpp"

namespace exysim {

enum class MemoryType : uint8_t { strongly_ordered, device, normal };

/// Cache policy in the encoding of TEX remap and of TEX[1:0] with TEX[2] set (ARM ARM B3.8.2).
enum class CachePolicy : uint8_t { none, write_back_allocate, write_through, write_back };

/// What a translation says about an access, SCTLR.C and SCTLR.I taken into account.
struct MemoryAttributes {
    MemoryType type = MemoryType::normal;
    CachePolicy inner = CachePolicy::none, outer = CachePolicy::none;
    bool shareable = false;

    friend bool operator==(const MemoryAttributes&, const MemoryAttributes&) = default;
};

enum class Direction : uint8_t { read, write };

/// Host memory behind one granule of physical memory. Two words, so that it is returned in registers.
struct HostBytes {
    uint8_t* data = nullptr;  ///< first byte of the granule; nullptr: use read() and write()
    uint16_t* slot =
        nullptr;  ///< where the granule's owner keeps the table slot that points to it, or nullptr

    /// The bus answered with an error: no bytes, but a slot.
    static HostBytes failure() {
        static uint16_t nobody = HostTable::kNoSlot;
        return {nullptr, &nobody};
    }
    bool failed() const { return data == nullptr && slot != nullptr; }
};

/// One granule of code.
struct CodeBytes {
    static constexpr uint32_t kUnkept = ~0U;        ///< in no cache: look again before each use
    static constexpr uint32_t kUntilDropped = ~1U;  ///< stays until instruction-cache maintenance
    const uint8_t* data = nullptr;                  ///< first byte of the granule; nullptr: bus error
    uint32_t place = kUnkept;                       ///< its place in the cache, or one of the above
};

enum class Barrier : uint8_t { dmb, dsb, exclusive, sleep };

enum class Maintenance : uint8_t { invalidate, clean, clean_invalidate };

/// What a port may ask of its core.
struct CoreSide {
    virtual ~CoreSide() = default;
    /// Time that passes while an access is under way.
    virtual void stall(uint64_t cycles) = 0;
    /// The place has lost its code line: nothing decoded from it may run before it was compared again.
    virtual void code_lost(uint32_t place) = 0;
    /// The load under way needs no data of an earlier one for its address: both may be under way at once.
    virtual bool loads_overlap() const { return false; }
    /// Lines that stores fill as a whole may go on without being fetched (off: DIAG[21] of a Cortex-A9).
    virtual bool direct_eviction() const { return true; }
    /// Such a line may be one command if it is all zeros (ACTLR[3] of a Cortex-A9).
    virtual bool full_line_of_zeros() const { return false; }
    /// Stores that had been taken over earlier become visible to the other cores: a line of 32 bytes.
    virtual void line_visible(PhysAddr) {}

    /// What the port counts for the core's performance monitors, since the start.
    struct CacheEvents {
        uint64_t data_refills = 0, code_refills = 0;
    } cache_events;
    HostTable reads, writes;  ///< entries are made by the core and removed by either side
};

/// Physical memory as one core sees it. An access lies inside an aligned unit of its own size, or, for Normal
/// memory, anywhere inside one granule. Faulty accesses return false (a bus error).
struct MemoryPort {
    virtual ~MemoryPort() = default;
    /// Called once, before anything else.
    virtual void attach(CoreSide&) {}
    /// Bytes of one unit of direct access and of one entry of the host tables: a page or a cache line.
    virtual uint32_t granule() const { return kPageSize; }
    /// Direct access to the granule that contains `address`, until the port removes the table's entry. For
    /// Direction::write the granule may be written without further notice.
    virtual HostBytes direct(PhysAddr address, const MemoryAttributes& how, Direction direction) = 0;
    /// Code for the instruction at `address`; `va` where the cache is indexed virtually.
    virtual CodeBytes code(PhysAddr address, VirtAddr va, const MemoryAttributes& how) = 0;
    /// One access of 1, 2, 4 or 8 bytes at the core's true time. A write to Normal memory may be of any
    /// number of words inside one granule.
    virtual bool read(PhysAddr address, const MemoryAttributes& how, std::span<uint8_t> data) = 0;
    virtual bool write(PhysAddr address, const MemoryAttributes& how, std::span<const uint8_t> data) = 0;
    /// PLD: the line may be wanted soon. Never fails and moves no data that the core can see.
    virtual void preload(PhysAddr, const MemoryAttributes&) {}
    /// A word of a translation table, read the way the hardware's walker reads it.
    virtual bool walk(PhysAddr address, const MemoryAttributes& how, std::span<uint8_t> word) = 0;
    /// The debug view `cpu(n)`: what a load of this core would see. No side effect.
    virtual bool peek(PhysAddr address, std::span<uint8_t> data) = 0;

    /// The core has forgotten translations: mappings may be others now.
    virtual void translations_changed() {}
    virtual void barrier(Barrier) {}
    /// Data-cache maintenance by address, to the point of coherency or unification (the same level here).
    virtual void maintain(Maintenance, PhysAddr, const MemoryAttributes&) {}
    /// The same by set and way, `operand` as in DCISW: of this core's cache alone.
    virtual void maintain_set_way(Maintenance, uint32_t /*operand*/) {}
    virtual void invalidate_code(PhysAddr, VirtAddr) {}
    virtual void invalidate_all_code(bool /*in_all_cores*/) {}
};

}  // namespace exysim
