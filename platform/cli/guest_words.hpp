// What the guest's kernel tells (models/system/simctl_core.hpp) as words for people.
#pragma once

#include <string>

#include "models/system/simctl.hpp"

namespace exysim::cli {

/// A few words, such as "buffer 3 mapped for 11800000.fimc at 0x20000000, which writes it".
std::string words_of(const system::GuestEvent& event);

/// Drivers call their devices by address and kind, as Linux does: "11800000.fimc" and "fimc@11800000" are
/// fimc0. Another name stays what it is.
std::string block_word(const std::string& name);
/// A buffer's memory type, `value[0]` of buffer_created: "write-combined".
std::string memory_word(uint32_t type);
/// What a device does with what it has mapped, a MapDirection: "reads it".
std::string use_word(uint32_t direction);

/// It is about memory that devices share: kinds 2 to 10.
bool is_about_memory(const system::GuestEvent& event);

}  // namespace exysim::cli
