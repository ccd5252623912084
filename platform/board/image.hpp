// Programs and kernels for the machine: ELF files, zImages and raw images.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/base/address.hpp"

namespace exysim::board {

/// What goes where in physical memory.
struct Image {
    enum class Kind { elf, zimage, raw };
    struct Segment {
        PhysAddr base;
        std::vector<uint8_t> bytes;
        uint64_t memory_size = 0;  ///< >= bytes.size(); the rest is zero
    };
    Kind kind = Kind::raw;
    std::vector<Segment> segments;
    PhysAddr entry;

    /// First address past everything loaded.
    uint64_t end() const;
};

/// The bytes of a file; throws ConfigError when it cannot be read.
std::vector<uint8_t> read_bytes(const std::string& file);

/// Reads an image. ELF files (32-bit ARM, little-endian, executable) go to their physical addresses;
/// everything else to `load_at` or ram + 0x8000, Linux's place. Throws ConfigError: no ARM program, nothing
/// to load, outside `ram`. Sources: ELF for the ARM architecture (IHI 0044); zImage header: Linux
/// Documentation/arm/booting.
Image load_image(const std::string& file, PhysRange ram, std::optional<PhysAddr> load_at = {});

/// Throws ConfigError unless `file` is a Linux/ARM program that the guest kernel can start: static, or
/// dynamic when its libraries come with it.
void check_program(const std::string& file, bool with_libraries);

}  // namespace exysim::board
