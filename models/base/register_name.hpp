// What a register is called. A block's fields (register_bank.hpp) say what is in it.
#pragma once

#include <cstdint>
#include <string_view>

namespace exysim {

/// The register at `offset`, or the registers that the rows there speak of (Field::count).
struct RegisterName {
    uint32_t offset;
    std::string_view name;      ///< the manual's
    std::string_view sentence;  ///< what it is for
};

}  // namespace exysim
