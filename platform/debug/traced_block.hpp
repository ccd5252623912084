// A block of code that a core enters, as traces and line profiles take it.
#pragma once

#include <cstdint>
#include <span>

namespace exysim::debug {

struct TracedBlock {
    uint32_t address;
    bool thumb;
    std::span<const uint8_t> code;
    uint64_t time_ps;
};

}  // namespace exysim::debug
