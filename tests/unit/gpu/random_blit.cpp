#include "tests/unit/gpu/random_blit.hpp"

#include <algorithm>

#include "models/gpu/blitter.hpp"
#include "models/gpu/g2d_core.hpp"
#include "tests/unit/gpu/memory.hpp"
#include "tests/unit/gpu/reference.hpp"

namespace exysim::test {

namespace {

constexpr uint32_t kSize = 1 << 20;

struct Dice {
    std::mt19937_64 engine;
    uint32_t below(uint32_t n) { return static_cast<uint32_t>(engine() % n); }
    uint32_t between(uint32_t least, uint32_t most) { return least + below(most - least + 1); }
    uint32_t word() { return static_cast<uint32_t>(engine()); }
    bool one_in(uint32_t n) { return below(n) == 0; }
};

uint32_t random_mode(Dice& d, bool four, bool pattern) {
    const uint32_t code = four && !pattern ? d.below(13) : d.below(8);
    uint32_t mode = code | d.below(4) << 4;
    if (code < 8 || code > 10) return mode;
    return mode | (code == 9 ? d.below(2) : 1) << 8 | d.below(4) << 12 | d.below(2) << 16 | d.below(2) << 17;
}

bool paired(uint32_t mode) { return (mode & 15) == 9 || (mode & 15) == 10; }

/// Stride and base of a picture in [base, base + room); strides may run backwards on 4.1.
void place(std::map<uint32_t, uint32_t>& r, Dice& d, bool four, uint32_t base_reg, uint32_t stride_reg,
           uint32_t base) {
    const uint32_t stride = d.between(80, 100) * 4;
    const bool backwards = four && d.one_in(8);
    r[base_reg] = base + (backwards ? stride * 150 : d.below(16) * 4);
    r[stride_reg] = (backwards ? 0x10000 - stride : stride) & 0xFFFF;
}

void rectangle(std::map<uint32_t, uint32_t>& r, Dice& d, uint32_t left_top, uint32_t even) {
    const uint32_t left = d.between(2, 16), top = d.between(2, 16), width = d.between(1, 48),
                   height = d.between(1, 48);
    const uint32_t l = even ? left & ~1U : left, w = even ? (width + 1) & ~1U : width;
    r[left_top] = top << 16 | l;
    r[left_top + 4] = (top + height) << 16 | (l + w);
}

/// A key around one random colour, wide enough to take something.
void key(std::map<uint32_t, uint32_t>& r, Dice& d, uint32_t ctrl) {
    r[ctrl] = d.word() & 0x0001'1111;
    r[ctrl + 4] = d.word() & 0x7F7F'7F7F;
    r[ctrl + 8] = d.word() | 0x8080'8080;
}

void command4(std::map<uint32_t, uint32_t>& r, Dice& d) {
    uint32_t c =
        d.below(2) << 2 | d.below(4) << 24 | (d.one_in(4) ? 1U << 26 : 0) | (d.one_in(4) ? 1U << 27 : 0);
    if (d.one_in(4)) c |= 1U << d.below(2);
    if (d.one_in(2)) c |= 1U << 20;
    if (d.one_in(12)) c |= 1U << 28;
    r[0x104] = c;
    const auto half = [&] { return d.below(12) | d.below(4) << 4 | d.below(4) << 6; };
    r[0x108] = half() | half() << 8 | (d.word() & 0x0005'0000) | (d.one_in(6) ? 1U << d.between(20, 21) : 0);
    r[0x10C] = d.below(4) | d.below(4) << 4;
    r[0x31C] = d.below(5);
    r[0x320] = d.word();
    r[0x324] = d.word();
    r[0x328] = d.below(4);
    r[0x32C] = d.between(0x2000, 0x28000);
    r[0x330] = d.between(0x2000, 0x28000);
    r[0x318] = 0x6'0000;
    r[0x418] = 0xB'0000;
}

void command3(std::map<uint32_t, uint32_t>& r, Dice& d) {
    r[0x104] = (d.one_in(4) ? 1U : 0) | d.below(2) << 4 | d.below(3) << 20 | d.below(3) << 22;
}

/// A mask of any format, often of another size than the destination.
void mask4(std::map<uint32_t, uint32_t>& r, Dice& d) {
    if (d.one_in(2)) r[0x528] = d.below(5) << 16 | d.below(9);
    if (d.one_in(2)) rectangle(r, d, 0x528, false);
    r[0x530] = d.below(7) | d.below(4) << 4 | d.below(3) << 8;
    r[0x534] = d.below(4);
    r[0x538] = d.word();
    r[0x53C] = d.below(4);
    r[0x540] = d.between(0x2000, 0x28000);
    r[0x544] = d.between(0x2000, 0x28000);
}

}  // namespace

std::map<uint32_t, uint32_t> random_blit(uint64_t seed, bool four) {
    Dice d{std::mt19937_64{seed}};
    std::map<uint32_t, uint32_t> r;
    four ? command4(r, d) : command3(r, d);
    if (d.one_in(5)) r[0x104] |= 1U << 16;
    if (d.one_in(5)) r[0x104] |= 1U << 17;
    if (d.one_in(4)) r[0x104] |= d.between(1, 2) << 12;
    r[0x200] = d.word() & 0x111;
    r[0x204] = d.word() & 0x33;
    r[0x208] = d.word() & 0x33;
    r[0x300] = d.one_in(6) ? d.between(1, 2) : 0;
    r[0x400] = d.one_in(6) ? d.between(1, 2) : 0;
    r[0x30C] = random_mode(d, four, false);
    r[0x40C] = random_mode(d, four, false);
    r[0x508] = random_mode(d, four, true);
    place(r, d, four, 0x304, 0x308, 0x2'0000);
    place(r, d, four, 0x404, 0x408, 0x9'0000);
    rectangle(r, d, 0x310, false);
    rectangle(r, d, 0x410, paired(r[0x40C]));
    r[0x500] = 0xE'0000;
    r[0x504] = d.between(1, 9) << 16 | d.between(1, 9);
    r[0x50C] = d.below(20) << 16 | d.below(20);
    r[0x510] = 48;
    r[0x520] = 0xF'0000;
    r[0x524] = 256;
    if (four) mask4(r, d);
    if (d.one_in(2)) {
        r[0x104] |= 1U << 8;
        rectangle(r, d, 0x600, paired(r[0x40C]));
    }
    r[0x610] = d.below(3) | d.below(3) << 4;
    constexpr uint32_t kUsual[] = {0xCCCC, 0x3333, 0xF0F0, 0x5A5A, 0xAACC, 0xE2E2};
    r[0x614] = d.one_in(2) ? kUsual[d.below(6)] : d.word() & 0xFFFF;
    r[0x618] = d.word() & (four ? ~0U : 0xFFFF);
    for (uint32_t offset = 0x700; offset <= (four ? 0x70CU : 0x708U); offset += 4) r[offset] = d.word();
    key(r, d, 0x710);
    key(r, d, 0x71C);
    return r;
}

std::string compare_random_blit(uint64_t seed) {
    const bool four = seed % 2 == 0;
    const auto settings = random_blit(seed, four);
    VectorMemory memory{kSize};
    std::mt19937_64 noise{seed + 1};
    // Few distinct bytes in some runs, so that keys and equal colours happen.
    const uint8_t mask = seed % 5 == 0 ? 0x81 : 0xFF;
    for (size_t at = 0; at < kSize; at += 8) {
        const uint64_t bits = noise();
        for (size_t i = 0; i < 8; ++i) memory.bytes[at + i] = static_cast<uint8_t>(bits >> (8 * i)) & mask;
    }
    std::vector<uint8_t> expected = memory.bytes;

    gpu::G2dCore core{four ? gpu::Version::v4_1 : gpu::Version::v3};
    std::string mistakes;
    core.mistake = [&](std::string_view what, uint32_t, uint32_t) { mistakes += std::string{what} + "; "; };
    G2dReference reference{expected};
    reference.four = four;
    for (const auto& [offset, value] : settings) {
        core.regs.write(offset, value);
        reference.regs[offset] = value;
    }
    gpu::Blitter blitter;
    if (!blitter.run(core.blit(), memory)) return "the blit failed";
    reference.blit();
    const auto [mine, theirs] = std::mismatch(memory.bytes.begin(), memory.bytes.end(), expected.begin());
    if (mine == memory.bytes.end()) return {};
    std::string text = "seed " + std::to_string(seed) + ": byte " +
                       std::to_string(mine - memory.bytes.begin()) + " is " + std::to_string(*mine) +
                       ", reference " + std::to_string(*theirs) + "; " + mistakes;
    char line[32];
    for (const auto& [offset, value] : settings) {
        std::snprintf(line, sizeof line, " %03x=%08x", offset, value);
        text += line;
    }
    return text;
}

}  // namespace exysim::test
