// What the event channel is told of memory shared with devices: which buffers there are, where they lie, what
// devices have mapped, and whose turn it is. Nothing depends on it; without a channel each call is one test.
#pragma once

#include <span>
#include <utility>

#include "core/event_channel.hpp"
#include "dma/attributes.hpp"
#include "iommu/iova_space.hpp"
#include "mm/buddy.hpp"

namespace kernel {

/// A buffer as the channel knows it: told of when it is made, and when it ends. Ids count from 1 and never
/// come again; 0 is no buffer.
class BufferIdentity {
public:
    BufferIdentity() = default;
    /// A new one, with who made it and a memory type. `owner` stays as long as the call.
    static BufferIdentity create(uint32_t bytes, MemoryType type, const char* owner);
    /// The same as `id`, which somebody else keeps.
    static BufferIdentity of(uint32_t id) { return BufferIdentity{id, false}; }
    BufferIdentity(BufferIdentity&& o) : id_{o.id_}, own_{std::exchange(o.own_, false)} {}
    BufferIdentity& operator=(BufferIdentity&& o);
    ~BufferIdentity() { end(); }
    void end();

    uint32_t id() const { return id_; }
    /// Where it lies from now on, whatever was said before.
    void tell_pages(std::span<const Pfn> pages) const;
    void tell_name(const char* name) const;

private:
    BufferIdentity(uint32_t id, bool own) : id_{id}, own_{own} {}
    uint32_t id_ = 0;
    bool own_ = false;
};

/// The same as BufferIdentity::tell_name(), for who knows its number alone.
void tell_name(uint32_t buffer, const char* name);

/// A device may map the buffer from now on, or no longer.
void tell_attached(uint32_t buffer, const char* device);
void tell_detached(uint32_t buffer, const char* device);

/// Bytes that a device finds at `at`: all of `buffer`, or where that is 0 memory that begins at `memory` and
/// may continue elsewhere (the device's tables tell).
struct MappedPiece {
    const char* device;
    uint32_t buffer;
    Iova at;
    PhysAddr memory;
    uint32_t bytes;
};
/// Is in the device's reach, and the device's turn begins with it if `device_owns`.
void tell_mapped(const MappedPiece& piece, DmaDirection direction, bool device_owns);
/// All of [at, + bytes) is out of reach, and the processor's turn again.
void tell_unmapped(const MappedPiece& piece);

/// The bytes of a mapped piece change hands.
void tell_turn(const MappedPiece& piece, DmaDirection direction, Turn whose);
/// The same for part of a buffer, whichever devices have it.
void tell_turn(uint32_t buffer, uint32_t offset, uint32_t bytes, DmaDirection direction, Turn whose);

}  // namespace kernel
