// Instructions as text, by capstone.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace exysim::debug {

struct Disassembled {
    uint32_t bytes;    ///< 2 or 4
    std::string text;  ///< "add r0, r1, #4"; ".inst 0xe7f000f0" for what is none
};

/// A32 and T32 with VFP and Advanced SIMD.
class Disassembler {
public:
    Disassembler();
    ~Disassembler();
    Disassembler(const Disassembler&) = delete;
    Disassembler& operator=(const Disassembler&) = delete;

    /// The instruction at `address`, whose bytes `code` begins with; at least two of them.
    Disassembled at(uint32_t address, bool thumb, std::span<const uint8_t> code) const;

    /// Bytes of that instruction alone.
    static uint32_t length(bool thumb, std::span<const uint8_t> code);

private:
    struct Handles;
    std::unique_ptr<Handles> handles_;
};

}  // namespace exysim::debug
