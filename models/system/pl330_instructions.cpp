// PL330's instruction set, a row each. Source: ARM DDI 0424, chapter "Instruction Set".
#include <algorithm>

#include "models/system/pl330_core.hpp"

namespace exysim::system {

// clang-format off
const Pl330Core::Instruction Pl330Core::kInstructions[] = {
    // mask  value  length name        execute                    from the debug port
    {0xFF, 0x00, 1, "DMAEND",    &Pl330Core::op_end,    false},
    {0xFF, 0x01, 1, "DMAKILL",   &Pl330Core::op_kill,   true},
    {0xFC, 0x04, 1, "DMALD",     &Pl330Core::op_ld,     false},
    {0xFC, 0x08, 1, "DMAST",     &Pl330Core::op_st,     false},
    {0xFF, 0x0C, 1, "DMASTZ",    &Pl330Core::op_stz,    false},
    {0xFF, 0x12, 1, "DMARMB",    &Pl330Core::op_nop,    false},  // accesses complete in order as they are
    {0xFF, 0x13, 1, "DMAWMB",    &Pl330Core::op_nop,    false},
    {0xFF, 0x18, 1, "DMANOP",    &Pl330Core::op_nop,    true},
    {0xFD, 0x20, 2, "DMALP",     &Pl330Core::op_lp,     false},
    {0xFD, 0x25, 2, "DMALDP",    &Pl330Core::op_ldp,    false},
    {0xE8, 0x28, 2, "DMALPEND",  &Pl330Core::op_lpend,  false},
    {0xFC, 0x30, 2, "DMAWFP",    &Pl330Core::op_wfp,    false},
    {0xFF, 0x34, 2, "DMASEV",    &Pl330Core::op_sev,    true},
    {0xFF, 0x35, 2, "DMAFLUSHP", &Pl330Core::op_flushp, false},
    {0xFF, 0x36, 2, "DMAWFE",    &Pl330Core::op_wfe,    false},
    {0xFD, 0x54, 3, "DMAADDH",   &Pl330Core::op_addh,   false},
    {0xFD, 0x5C, 3, "DMAADNH",   &Pl330Core::op_adnh,   false},
    {0xFF, 0xBC, 6, "DMAMOV",    &Pl330Core::op_mov,    false},
};
// clang-format on

/// Rows are tried in order. DMASTP (0x29, 0x2B) lies inside DMALPEND's pattern and comes first.
const Pl330Core::Instruction* Pl330Core::decode(uint8_t opcode) {
    static constexpr Instruction kStp{0xFD, 0x29, 2, "DMASTP", &Pl330Core::op_stp, false};
    if ((opcode & kStp.mask) == kStp.value) return &kStp;
    for (const Instruction& row : kInstructions) {
        if ((opcode & row.mask) == row.value) return &row;
    }
    return nullptr;
}

void Pl330Core::op_addh(Channel& c, const uint8_t* b, Pl330Memory&) {
    const uint32_t value = b[1] | uint32_t{b[2]} << 8;
    (b[0] & 2 ? c.dar : c.sar) += value;
}

void Pl330Core::op_adnh(Channel& c, const uint8_t* b, Pl330Memory&) {
    const uint32_t value = 0xFFFF'0000 | b[1] | uint32_t{b[2]} << 8;
    (b[0] & 2 ? c.dar : c.sar) += value;
}

void Pl330Core::op_end(Channel& c, const uint8_t*, Pl330Memory&) {
    if (!c.data.empty()) mistake("DMAEND with data left in the MFIFO", kCsr + 8 * index_of(c), 0);
    kill(c);
}

void Pl330Core::op_kill(Channel& c, const uint8_t*, Pl330Memory&) { kill(c); }
void Pl330Core::op_nop(Channel&, const uint8_t*, Pl330Memory&) {}

void Pl330Core::op_flushp(Channel& c, const uint8_t* b, Pl330Memory&) {
    if (b[1] >> 3U >= shape_.requests) fault(c, kOperand);
}

void Pl330Core::op_lp(Channel& c, const uint8_t* b, Pl330Memory&) { c.loop[b[0] >> 1 & 1] = b[1]; }

/// Conditional forms (S, B) run only if the last request was of that kind. DMALPFE, without a count, ends
/// when the peripheral said "last", which no peripheral here does.
void Pl330Core::op_lpend(Channel& c, const uint8_t* b, Pl330Memory&) {
    if (!condition(c, b[0])) return;
    const bool counted = b[0] & 0x10;
    uint32_t& count = c.loop[b[0] >> 2 & 1];
    if (counted && count == 0) return;
    if (counted) --count;
    c.pc -= 2 + b[1];
}

void Pl330Core::op_mov(Channel& c, const uint8_t* b, Pl330Memory&) {
    const uint32_t value = b[2] | uint32_t{b[3]} << 8 | uint32_t{b[4]} << 16 | uint32_t{b[5]} << 24;
    const auto wide = [&](unsigned low) { return 1U << (value >> low & 7) > shape_.bus_bytes; };
    switch (b[1] & 7) {
        case 0:
            c.sar = value;
            return;
        case 1:
            if (wide(1) || wide(15)) return fault(c, kOperand);  // Assumed: beats wider than the bus
            c.ccr = value;
            return;
        case 2:
            c.dar = value;
            return;
        default:
            return fault(c, kOperand);
    }
}

void Pl330Core::op_sev(Channel&, const uint8_t* b, Pl330Memory&) { signal(b[1] >> 3); }

void Pl330Core::op_wfe(Channel& c, const uint8_t* b, Pl330Memory&) {
    const uint32_t event = b[1] >> 3, bit = 1U << event;
    if (b[1] & 2) {
        for (Line& line : cache_) line.valid = false;
    }
    const uint32_t raw = regs.word(kRis);
    if ((raw & bit) != 0 && (regs.word(kInten) & bit) == 0) {  // it has happened already
        const Field pending{kRis, "", 31, 0, Access::ro, 0};
        return regs.set(pending, raw & ~bit);
    }
    c.state = State::waiting_for_event;
    c.wakeup = event;
}

/// Waits for a request; then remembers its kind for the conditional instructions.
void Pl330Core::op_wfp(Channel& c, const uint8_t* b, Pl330Memory&) {
    const uint32_t peripheral = b[1] >> 3U;
    if (peripheral >= shape_.requests) return fault(c, kOperand);
    const bool any = b[0] & 1, burst_only = !any && (b[0] & 2);
    const bool burst = burst_[peripheral] != 0, ready = burst || (!burst_only && single_[peripheral] != 0);
    if (ready) {
        c.burst_request = burst && (any || burst_only);
        c.wakeup = 0;
        return;
    }
    c.state = State::waiting_for_peripheral;
    c.wakeup = peripheral;
    c.pc -= 2;  // executed again when something has come
}

/// Bits [1:0] of an opcode: 0 always, 1 only after a single request, 3 only after a burst request.
bool Pl330Core::condition(const Channel& c, uint8_t opcode) const {
    if (!(opcode & 1)) return true;
    return c.burst_request == ((opcode & 2) != 0);
}

/// Beats of a transfer: CCR's burst length, or one for the S forms.
uint32_t Pl330Core::beats_of(const Channel& c, uint8_t opcode, unsigned length_low) const {
    return (opcode & 3) == 1 ? 1 : (c.ccr >> length_low & 0xF) + 1;
}

/// A fixed address is accessed beat by beat, an incrementing one at once.
template <class Transfer>
bool Pl330Core::beats(Iova at, bool increments, uint32_t size, uint32_t bytes, Transfer transfer) {
    if (increments) return transfer(at, 0U, bytes);
    for (uint32_t done = 0; done < bytes; done += size) {
        if (!transfer(at, done, std::min(size, bytes - done))) return false;
    }
    return true;
}

void Pl330Core::load(Channel& c, uint8_t opcode, Pl330Memory& memory) {
    const uint32_t size = 1U << (c.ccr >> 1 & 7);
    const bool increments = c.ccr & 1;
    // A first beat that starts inside its word brings only the rest of the word.
    const uint32_t bytes = beats_of(c, opcode, 4) * size - (increments ? c.sar % size : 0);
    const uint32_t room = shape_.buffer_lines * shape_.bus_bytes;
    if (c.data.size() + bytes > room) return fault(c, kMfifo);
    c.wait_for_room = buffered() + bytes > room;
    if (c.wait_for_room) return locked_up() ? fault(c, kLockup) : void();
    const uint64_t life = c.life;
    std::array<uint8_t, 16 * 128> buffer;
    const bool good =
        beats(Iova{c.sar}, increments, size, bytes, [&](Iova at, uint32_t offset, uint32_t count) {
            return memory.read(at, std::span{buffer}.subspan(offset, count));
        });
    if (c.life != life) return;
    if (!good) return fault(c, kRead);
    c.data.insert(c.data.end(), buffer.begin(), buffer.begin() + bytes);
    if (increments) c.sar += bytes;
}

void Pl330Core::store(Channel& c, uint8_t opcode, bool zeros, Pl330Memory& memory) {
    const uint32_t size = 1U << (c.ccr >> 15 & 7);
    const bool increments = c.ccr >> 14 & 1;
    const uint32_t bytes = beats_of(c, opcode, 18) * size - (increments ? c.dar % size : 0);
    std::array<uint8_t, 16 * 128> buffer{};
    if (!zeros) {
        if (c.data.size() < bytes) return fault(c, kNoData);
        std::copy_n(c.data.begin(), bytes, buffer.begin());
        const uint32_t group = 1U << (c.ccr >> 28 & 7);  // endian swap, in groups of bytes
        for (uint32_t at = 0; group > 1 && at + group <= bytes; at += group)
            std::reverse(buffer.begin() + at, buffer.begin() + at + group);
        c.data.erase(c.data.begin(), c.data.begin() + bytes);
    }
    const uint64_t life = c.life;
    const bool good =
        beats(Iova{c.dar}, increments, size, bytes, [&](Iova at, uint32_t offset, uint32_t count) {
            return memory.write(at, std::span{buffer}.subspan(offset, count));
        });
    if (c.life != life) return;
    if (!good) return fault(c, kWrite);
    if (increments) c.dar += bytes;
}

void Pl330Core::op_ld(Channel& c, const uint8_t* b, Pl330Memory& memory) {
    if (condition(c, b[0])) load(c, b[0], memory);
}

void Pl330Core::op_st(Channel& c, const uint8_t* b, Pl330Memory& memory) {
    if (condition(c, b[0])) store(c, b[0], false, memory);
}

void Pl330Core::op_stz(Channel& c, const uint8_t*, Pl330Memory& memory) { store(c, 0, true, memory); }

/// The peripheral forms say S or B in bit 1 alone.
void Pl330Core::op_ldp(Channel& c, const uint8_t* b, Pl330Memory& memory) {
    const auto form = static_cast<uint8_t>(b[0] & 2 ? 3 : 1);
    if (b[1] >> 3U >= shape_.requests) return fault(c, kOperand);
    if (condition(c, form)) load(c, form, memory);
}

void Pl330Core::op_stp(Channel& c, const uint8_t* b, Pl330Memory& memory) {
    const auto form = static_cast<uint8_t>(b[0] & 2 ? 3 : 1);
    if (b[1] >> 3U >= shape_.requests) return fault(c, kOperand);
    if (condition(c, form)) store(c, form, false, memory);
}

}  // namespace exysim::system
