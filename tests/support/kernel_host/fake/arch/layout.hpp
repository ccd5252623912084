// Where the host build has its "RAM": low enough that 32-bit kernel addresses are pointers on a 64-bit host,
// sanitized or not (memory.hpp maps it there).
#pragma once

#include <cstdint>

namespace kernel {

inline constexpr uint32_t kLinearBase = 0x1000'0000;
inline constexpr uint32_t kPhysBase = 0x4000'0000;
inline constexpr uint32_t kLinearSize = 64U << 20;

}  // namespace kernel
