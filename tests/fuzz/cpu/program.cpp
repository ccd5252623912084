#include "tests/fuzz/cpu/program.hpp"

namespace exysim::test::oracle {
namespace {

uint32_t a32_move_half(uint32_t base, uint32_t number, uint32_t half) {
    return base | (half >> 12) << 16 | number << 12 | (half & 0xFFF);
}

uint32_t t32_move_half(uint32_t base, uint32_t number, uint32_t half) {
    return base | (half >> 12) << 16 | (half >> 11 & 1) << 26 | (half >> 8 & 7) << 12 | number << 8 |
           (half & 0xFF);
}

}  // namespace

Program Program::prefix(size_t count) const {
    Program part{state_};
    part.steps_.assign(steps_.begin(), steps_.begin() + static_cast<std::ptrdiff_t>(count));
    const size_t end = count < steps_.size() ? steps_[count] : code_.size();
    part.code_.assign(code_.begin(), code_.begin() + static_cast<std::ptrdiff_t>(end));
    return part;
}

std::vector<uint16_t> Program::step(size_t index) const {
    const size_t end = index + 1 < steps_.size() ? steps_[index + 1] : code_.size();
    return {code_.begin() + static_cast<std::ptrdiff_t>(steps_[index]),
            code_.begin() + static_cast<std::ptrdiff_t>(end)};
}

void Program::word(uint32_t instruction) {
    const auto low = static_cast<uint16_t>(instruction), high = static_cast<uint16_t>(instruction >> 16);
    code_.push_back(thumb() ? high : low);
    code_.push_back(thumb() ? low : high);
}

void Program::append_a32(uint32_t instruction) {
    code_.push_back(static_cast<uint16_t>(instruction));
    code_.push_back(static_cast<uint16_t>(instruction >> 16));
}

void Program::move_halves(uint32_t number, uint32_t value) {
    const uint32_t low = value & 0xFFFF, high = value >> 16;
    word(thumb() ? t32_move_half(0xF240'0000, number, low) : a32_move_half(0xE300'0000, number, low));
    word(thumb() ? t32_move_half(0xF2C0'0000, number, high) : a32_move_half(0xE340'0000, number, high));
}

void Program::set_register(uint32_t number, uint32_t value) {
    const bool indirect = thumb() && number == 13;  // MOVW and MOVT cannot write SP in T32
    move_halves(indirect ? 14 : number, value);
    if (indirect) t16(0x46F5);  // MOV sp, lr
}

void Program::supervisor_call(uint32_t immediate) {
    if (thumb()) {
        t16(0xDF00 | (immediate & 0x7F));  // 0xAB would be semihosting
    } else {
        word(0xEF00'0000 | (immediate & 0xFF));
    }
}

}  // namespace exysim::test::oracle
