// Where memory lies: physical RAM and the kernel's linear map of it.
#pragma once

#include <cstdint>

namespace kernel {

inline constexpr uint32_t kLinearBase = 0xC000'0000;
inline constexpr uint32_t kPhysBase = 0x4000'0000;
inline constexpr uint32_t kLinearSize = 512U << 20;

}  // namespace kernel
