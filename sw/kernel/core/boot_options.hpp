// What the boot loader's command line asks for: words "name" and "name=value", separated by blanks.
#pragma once

#include <cstdint>

#include "core/string.hpp"

namespace kernel {

/// The text must stay. Called once, before anybody asks.
void set_boot_options(Text line);
/// Whether the word is there, with or without a value.
bool boot_option(Text name);
/// Value of "name=value", or `otherwise`.
Text boot_option(Text name, Text otherwise);
/// The same as a size: a decimal or 0x number with K, M or G behind it. A malformed one is reported and
/// ignored.
uint32_t boot_option_size(Text name, uint32_t otherwise);

}  // namespace kernel
