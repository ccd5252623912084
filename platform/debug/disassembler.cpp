#include "platform/debug/disassembler.hpp"

#include <capstone/capstone.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace exysim::debug {

namespace {

/// One decoder with the memory that it decodes into.
class Decoder {
public:
    explicit Decoder(cs_mode mode) {
        if (cs_open(CS_ARCH_ARM, mode, &handle_) != CS_ERR_OK) throw std::runtime_error{"capstone: no ARM"};
        instruction_ = cs_malloc(handle_);
    }
    ~Decoder() {
        cs_free(instruction_, 1);
        cs_close(&handle_);
    }
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;

    /// Null if it is no instruction.
    const cs_insn* decode(uint32_t address, std::span<const uint8_t> code) const {
        const uint8_t* at = code.data();
        size_t left = code.size();
        uint64_t place = address;
        return cs_disasm_iter(handle_, &at, &left, &place, instruction_) ? instruction_ : nullptr;
    }

private:
    csh handle_ = 0;
    cs_insn* instruction_ = nullptr;
};

/// A halfword that begins a T32 instruction of 32 bits (ARM ARM A6.1).
bool is_first_half(uint16_t halfword) { return halfword >> 11 >= 0b11101; }

}  // namespace

struct Disassembler::Handles {
    Decoder arm{CS_MODE_ARM};
    Decoder thumb{CS_MODE_THUMB};
};

Disassembler::Disassembler() : handles_{std::make_unique<Handles>()} {}
Disassembler::~Disassembler() = default;

uint32_t Disassembler::length(bool thumb, std::span<const uint8_t> code) {
    uint16_t first = 0;
    std::memcpy(&first, code.data(), sizeof first);
    return thumb && !is_first_half(first) ? 2 : 4;
}

Disassembled Disassembler::at(uint32_t address, bool thumb, std::span<const uint8_t> code) const {
    uint16_t first = 0, second = 0;
    std::memcpy(&first, code.data(), sizeof first);
    if (code.size() >= 4) std::memcpy(&second, code.data() + 2, sizeof second);
    const uint32_t bytes = length(thumb, code);
    const Decoder& decoder = thumb ? handles_->thumb : handles_->arm;
    const cs_insn* found = decoder.decode(address, code.first(std::min<size_t>(bytes, code.size())));
    if (found) return {bytes, fmt::format("{} {}", found->mnemonic, found->op_str)};
    if (bytes == 2) return {2, fmt::format(".inst.n {:#06x}", first)};
    const uint32_t word = thumb ? uint32_t{first} << 16 | second : uint32_t{second} << 16 | first;
    return {4, fmt::format(".inst {:#010x}", word)};
}

}  // namespace exysim::debug
