#pragma once

#include <cstdint>

namespace exysim::system {

/// Which chip a block is part of: registers, reset values and places differ between them.
enum class Chip : uint8_t { exynos4210, exynos4412 };

}  // namespace exysim::system
