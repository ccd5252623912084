// The cache maintenance when memory changes hands, for memory mapped cacheable (the linear map).
#pragma once

#include "core/types.hpp"
#include "dma/attributes.hpp"

namespace kernel {

/// The device's turn: what it reads has left the caches; what it writes has no line that could be written
/// back later.
void give_to_device(PhysAddr start, uint32_t bytes, DmaDirection direction);
/// The processor's turn: lines that came in meanwhile (speculation) go. Nothing to do after to_device.
void take_from_device(PhysAddr start, uint32_t bytes, DmaDirection direction);

}  // namespace kernel
