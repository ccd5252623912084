// Access to the extension registers by number and size.
#pragma once

#include <bit>
#include <cstring>

#include "models/cpu/core.hpp"

namespace exysim::cpu::vfp {

static_assert(std::endian::native == std::endian::little, "S registers alias the halves of D registers");

template <class Bits>
Bits get(const Core& core, unsigned number) {
    Bits value;
    std::memcpy(&value, reinterpret_cast<const uint8_t*>(core.vfp.d.data()) + number * sizeof(Bits),
                sizeof(Bits));
    return value;
}

template <class Bits>
void put(Core& core, unsigned number, Bits value) {
    std::memcpy(reinterpret_cast<uint8_t*>(core.vfp.d.data()) + number * sizeof(Bits), &value, sizeof(Bits));
}

}  // namespace exysim::cpu::vfp
