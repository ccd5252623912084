// The registers of a machine's blocks, by name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/register_bank.hpp"

namespace exysim::observe {

struct ListedRegister {
    uint32_t offset = 0;
    uint32_t count = 1, stride = 4;  ///< a register array, `stride` bytes apart
    std::string name;                ///< the manual's
    std::string sentence;            ///< what it is for
    std::vector<Field> fields;       ///< from the highest bit down
    uint32_t at(uint32_t index) const { return offset + index * stride; }
    /// "CIOYSA[2]"; the plain name of a register that is alone.
    std::string name_of(uint32_t index) const;
};

/// Those of a bank, by offset. `block` is its name in Statistics::register_banks() and decides the names: a
/// register without one is called by its offset.
std::vector<ListedRegister> registers_of(std::string_view block, const RegisterBank& bank);

/// "rw", "w1c".
std::string_view access_name(Access access);
/// "31:16", or "3" for a single bit.
std::string bits_of(const Field& field);

}  // namespace exysim::observe
