#include "models/display/hdmi_phy.hpp"

#include <algorithm>
#include <cstring>
#include <span>

namespace exysim::display {

namespace {

/// The bytes that tell the settings apart: registers 5 to 10 (divider, multiplier, charge pump).
struct Clock {
    std::array<uint8_t, 6> settings;
    uint64_t hz;
};
constexpr Clock kClocks[] = {
    {{0x1C, 0x30, 0x40, 0x6B, 0x10, 0x02}, 27'000'000},  {{0x9C, 0x09, 0x64, 0x6B, 0x10, 0x02}, 27'027'000},
    {{0x9C, 0xEF, 0x5B, 0x6D, 0x10, 0x01}, 74'176'000},  {{0x9C, 0xF8, 0x40, 0x6A, 0x10, 0x01}, 74'250'000},
    {{0x9C, 0xF8, 0x40, 0x6A, 0x18, 0x00}, 148'500'000},
};
constexpr size_t kFirst = 5;

/// An 18-byte detailed timing (VESA E-EDID, section 3.10.2).
void put_detailed(uint8_t* to, uint32_t clock_10khz, uint32_t h, uint32_t h_blank, uint32_t h_front,
                  uint32_t h_sync, uint32_t v, uint32_t v_blank, uint32_t v_front, uint32_t v_sync) {
    const auto low = [](uint32_t x) { return static_cast<uint8_t>(x); };
    to[0] = low(clock_10khz), to[1] = low(clock_10khz >> 8);
    to[2] = low(h), to[3] = low(h_blank), to[4] = low((h >> 8) << 4 | h_blank >> 8);
    to[5] = low(v), to[6] = low(v_blank), to[7] = low((v >> 8) << 4 | v_blank >> 8);
    to[8] = low(h_front), to[9] = low(h_sync), to[10] = low(v_front << 4 | v_sync);
    to[11] = low((h_front >> 8) << 6 | (h_sync >> 8) << 4);
    constexpr uint32_t kWidthMm = 1600, kHeightMm = 900;
    to[12] = low(kWidthMm), to[13] = low(kHeightMm), to[14] = low((kWidthMm >> 8) << 4 | kHeightMm >> 8);
    to[17] = 0x1E;  // separate syncs, both positive
}

void put_checksum(std::span<uint8_t> block) {
    uint8_t sum = 0;
    for (size_t i = 0; i + 1 < block.size(); ++i) sum = static_cast<uint8_t>(sum + block[i]);
    block.back() = static_cast<uint8_t>(-sum);
}

}  // namespace

bool HdmiPhy::start(bool read) {
    addressed_ = read;
    return true;
}

bool HdmiPhy::write(uint8_t byte) {
    if (!addressed_) {
        at_ = byte;
        addressed_ = true;
        return true;
    }
    if (at_ < kSize) settings_[at_++] = byte;
    return true;
}

uint8_t HdmiPhy::read() { return at_ < kSize ? settings_[at_++] : 0; }

std::optional<uint64_t> HdmiPhy::pixel_clock_hz() const {
    for (const Clock& clock : kClocks) {
        if (std::equal(clock.settings.begin(), clock.settings.end(), settings_.begin() + kFirst))
            return clock.hz;
    }
    return {};
}

Edid::Edid() {
    uint8_t* b = bytes_.data();
    constexpr uint8_t kHeader[] = {0, 255, 255, 255, 255, 255, 255, 0};
    std::copy(std::begin(kHeader), std::end(kHeader), b);
    b[8] = 0x17, b[9] = 0x33;                                          // maker "EYS", five bits a letter
    b[10] = 1, b[16] = 1, b[17] = 20;                                  // product 1, week 1 of 2010
    b[18] = 1, b[19] = 3;                                              // EDID 1.3
    b[20] = 0x80, b[21] = 160, b[22] = 90, b[23] = 120, b[24] = 0x0A;  // digital, centimetres, gamma 2.2
    constexpr uint8_t kSrgb[] = {0xEE, 0x91, 0xA3, 0x54, 0x4C, 0x99, 0x26, 0x0F, 0x50, 0x54};
    std::copy(std::begin(kSrgb), std::end(kSrgb), b + 25);
    b[35] = 0x20;  // 640x480 at 60 Hz
    std::fill(b + 38, b + 54, uint8_t{1});
    put_detailed(b + 54, 14'850, 1920, 280, 88, 44, 1080, 45, 4, 5);
    put_detailed(b + 72, 7'425, 1280, 370, 110, 40, 720, 30, 5, 5);
    constexpr uint8_t kName[] = {0,   0,   0,   0xFC, 0,   'e',  'x', 'y', 's',
                                 'i', 'm', ' ', 'T',  'V', '\n', ' ', ' ', ' '};
    std::copy(std::begin(kName), std::end(kName), b + 90);
    constexpr uint8_t kRange[] = {0,  0, 0,    0xFD, 0,   23,  61,  15,  68,
                                  15, 0, '\n', ' ',  ' ', ' ', ' ', ' ', ' '};
    std::copy(std::begin(kRange), std::end(kRange), b + 108);
    b[126] = 1;  // one extension
    put_checksum({b, 128});

    uint8_t* cea = b + 128;
    // CEA-861-D, section 7.5: video codes, then the HDMI vendor block that makes it an HDMI screen.
    constexpr uint8_t kCodes[] = {16 | 0x80, 31, 4, 19, 5, 32, 33, 34, 3, 18};
    constexpr uint8_t kVendor[] = {0x65, 0x03, 0x0C, 0x00, 0x10, 0x00};
    cea[0] = 2, cea[1] = 3, cea[3] = 0;
    cea[4] = static_cast<uint8_t>(2 << 5 | std::size(kCodes));
    std::copy(std::begin(kCodes), std::end(kCodes), cea + 5);
    uint8_t* const vendor = cea + 5 + std::size(kCodes);
    std::copy(std::begin(kVendor), std::end(kVendor), vendor);
    cea[2] = static_cast<uint8_t>(vendor + std::size(kVendor) - cea);
    put_checksum({cea, 128});
}

bool Edid::start(bool read) {
    addressed_ = read;
    return true;
}

bool Edid::write(uint8_t byte) {
    if (addressed_) return false;  // it cannot be written
    at_ = byte;
    addressed_ = true;
    return true;
}

}  // namespace exysim::display
