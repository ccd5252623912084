#include "models/cpu/registers.hpp"

#include <algorithm>

namespace exysim::cpu {

uint32_t Registers::nzcv() const {
    return (nf & psr::kN) | (zf == 0 ? psr::kZ : 0) | (cf != 0 ? psr::kC : 0) | (vf >> 31 != 0 ? psr::kV : 0);
}

void Registers::set_nzcv(uint32_t bits31_28) {
    nf = bits31_28 & psr::kN;
    zf = (bits31_28 & psr::kZ) != 0 ? 0 : 1;
    cf = (bits31_28 & psr::kC) != 0 ? 1 : 0;
    vf = (bits31_28 & psr::kV) != 0 ? psr::kN : 0;
}

uint32_t Registers::cpsr() const {
    const uint32_t it_bits = (it & 3U) << 25 | (it & 0xFCU) << 8;
    return nzcv() | q << 27 | it_bits | ge << 16 | (thumb ? psr::kT : 0) | control;
}

void Registers::set_cpsr(uint32_t value) {
    set_nzcv(value);
    q = (value & psr::kQ) != 0 ? 1 : 0;
    ge = value >> 16 & 0xF;
    thumb = (value & psr::kT) != 0;
    it = static_cast<uint8_t>((value >> 25 & 3) | (value >> 8 & 0xFC));
    const uint32_t written = (psr::kE | psr::kA | psr::kI | psr::kF) & ~fixed_masks;
    control = (control & ~written) | (value & written);
    change_mode(value & psr::kMode);
}

unsigned Registers::index(Mode m) {
    switch (m) {
        case Mode::fiq:
            return 1;
        case Mode::irq:
            return 2;
        case Mode::supervisor:
            return 3;
        case Mode::monitor:
            return 4;
        case Mode::abort:
            return 5;
        case Mode::undefined:
            return 6;
        default:
            return 0;
    }
}

void Registers::change_mode(uint32_t mode_bits) {
    if (!is_mode(mode_bits) || mode_bits == (control & psr::kMode)) return;
    const Mode from = mode(), to = static_cast<Mode>(mode_bits);
    if (to == Mode::monitor && !secure) return;
    auto& leaving = sp_lr_[index(from)];
    leaving = {r[13], r[14]};
    const auto& entering = sp_lr_[index(to)];
    r[13] = entering[0];
    r[14] = entering[1];
    if ((from == Mode::fiq) != (to == Mode::fiq)) {
        std::copy_n(r.begin() + 8, 5, r8_12_[from == Mode::fiq].begin());
        std::copy_n(r8_12_[to == Mode::fiq].begin(), 5, r.begin() + 8);
    }
    control = (control & ~psr::kMode) | mode_bits;
}

uint32_t Registers::spsr() const { return has_spsr() ? spsr_[index(mode())] : 0; }

void Registers::set_spsr(uint32_t value) {
    if (has_spsr()) spsr_[index(mode())] = value;
}

uint32_t Registers::user(unsigned n) const {
    if (n >= 8 && n <= 12 && mode() == Mode::fiq) return r8_12_[0][n - 8];
    if ((n == 13 || n == 14) && index(mode()) != 0) return sp_lr_[0][n - 13];
    return r[n];
}

void Registers::set_user(unsigned n, uint32_t value) {
    if (n >= 8 && n <= 12 && mode() == Mode::fiq) {
        r8_12_[0][n - 8] = value;
    } else if ((n == 13 || n == 14) && index(mode()) != 0) {
        sp_lr_[0][n - 13] = value;
    } else {
        r[n] = value;
    }
}

uint32_t Registers::banked_sp(Mode m) const {
    return index(m) == index(mode()) ? r[13] : sp_lr_[index(m)][0];
}

void Registers::set_banked_sp(Mode m, uint32_t value) {
    if (index(m) == index(mode())) {
        r[13] = value;
    } else {
        sp_lr_[index(m)][0] = value;
    }
}

}  // namespace exysim::cpu
