// Puts images, initial file system and device tree into memory and hands over as Linux/ARM expects: SVC, MMU
// off, interrupts masked, r0 = 0, r1 = ~0, r2 = device tree.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "platform/board/device_tree.hpp"
#include "platform/board/image.hpp"
#include "platform/board/machine.hpp"

namespace exysim::board {

struct Boot {
    Image image;
    std::vector<uint8_t> initrd;  ///< empty = none
    std::vector<uint8_t> dtb;     ///< a foreign one; empty = generated
    std::string dtb_file;         ///< its name, for messages
    std::string arguments;
    unsigned console = 0;
    const config::Scenario* scenario = nullptr;
    const ExecCommand* exec = nullptr;
};

/// Where the loader puts what the image does not place itself.
struct Layout {
    PhysAddr initrd, dtb;
};

/// Initial file system at 128 MiB behind the start of RAM (half of a smaller one), or above the image if that
/// reaches farther; the device tree above it. Throws ConfigError if they do not fit.
Layout lay_out(PhysRange ram, uint64_t image_end, uint64_t initrd_size);

/// The boot device tree, with everything /chosen must say.
std::vector<uint8_t> boot_tree(const config::Platform& platform, const Boot& boot, const Layout& layout);

/// Loads all of it sets core 0 to the entry and the others into the boot ROM. Before the simulation starts.
void load(Machine& machine, const config::Platform& platform, const Boot& boot);

}  // namespace exysim::board
