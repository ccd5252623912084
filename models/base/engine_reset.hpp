#pragma once

namespace exysim {

/// Software has reset an engine: it gives up what it waits for in memory.
struct EngineReset {};

}  // namespace exysim
