#include "models/camera/mosaic.hpp"

#include <algorithm>

#include "models/camera/colour.hpp"

namespace exysim::camera {

namespace {
constexpr uint32_t kTop = 1023, kGrey = 512;
constexpr uint32_t kHighDefinition = 1280;

/// 0 R, 1 G on R's lines, 2 G on B's lines, 3 B.
uint32_t channel_of(uint32_t x, uint32_t y) { return y % 2 * 2 + x % 2; }

uint16_t widened(uint8_t level) { return static_cast<uint16_t>((level * kTop + 127) / 255); }

/// White yellow cyan green magenta red blue black: whether the channel is on.
bool bar_on(uint32_t bar, uint32_t channel) {
    constexpr uint8_t kRed = 0b0011'0011, kGreen = 0b0000'1111, kBlue = 0b0101'0101;  // lowest bit: white
    const uint8_t bits = channel == 0 ? kRed : channel == 3 ? kBlue : kGreen;
    return (bits >> bar & 1) != 0;
}
}  // namespace

/// Line y of the pixel array, as R, G, B; black outside the scene.
void Mosaic::scene_line(uint32_t y, Row& to) const {
    to.resize(size_.width);
    for (auto& samples : to.c) std::fill(samples.begin(), samples.end(), uint8_t{0});
    if (y >= scene_.size.height) return;
    Row seen;
    from_422(line_of(scene_, y), 0, std::min(size_.width, scene_.size.width), seen);
    ColourMatrix::to_rgb({scene_.size.width >= kHighDefinition, false}).apply(seen);
    for (int c = 0; c < 3; ++c) std::copy(seen.c[c].begin(), seen.c[c].end(), to.c[c].begin());
}

uint16_t Mosaic::pattern_level(uint32_t x, uint32_t y, uint32_t channel) {
    using Pattern = BayerCore::Pattern;
    constexpr uint16_t kLevels[] = {BayerCore::kTestRed, BayerCore::kTestGreenR, BayerCore::kTestGreenB,
                                    BayerCore::kTestBlue};
    if (sensor_.pattern() == Pattern::solid) return sensor_.word(kLevels[channel]) & kTop;
    if (sensor_.pattern() == Pattern::pn9) {
        const uint32_t bits = pn9_;
        for (int i = 0; i < 9; ++i) pn9_ = (pn9_ << 1 | ((pn9_ >> 8 ^ pn9_ >> 4) & 1)) & 0x1FF;
        return static_cast<uint16_t>(bits << 1);
    }
    const uint32_t level = bar_on(x * 8 / size_.width, channel) ? kTop : 0;
    if (sensor_.pattern() == Pattern::bars) return static_cast<uint16_t>(level);
    return static_cast<uint16_t>((level * (size_.height - y) + kGrey * y) / size_.height);
}

std::vector<uint16_t> Mosaic::line(uint32_t y) {
    const uint32_t array_y = sensor_.flipped() ? size_.height - 1 - y : y;
    const bool scene = sensor_.pattern() == BayerCore::Pattern::none;
    Row rgb;
    if (scene) scene_line(array_y, rgb);
    std::vector<uint16_t> samples(size_.width);
    for (uint32_t x = 0; x < size_.width; ++x) {
        const uint32_t array_x = sensor_.mirrored() ? size_.width - 1 - x : x;
        const uint32_t channel = channel_of(array_x, array_y);
        samples[x] =
            scene ? widened(rgb.c[(channel + 1) / 2][array_x]) : pattern_level(array_x, array_y, channel);
    }
    return samples;
}

std::vector<uint8_t> raw_bytes(const std::vector<uint16_t>& samples, uint8_t data_type) {
    std::vector<uint8_t> bytes;
    if (data_type == kRaw8) {
        for (const uint16_t s : samples) bytes.push_back(static_cast<uint8_t>(s >> 2));
        return bytes;
    }
    for (size_t first = 0; first < samples.size(); first += 4) {
        uint8_t low = 0;
        for (size_t i = 0; i < 4; ++i) {
            const uint16_t s = first + i < samples.size() ? samples[first + i] : uint16_t{0};
            bytes.push_back(static_cast<uint8_t>(s >> 2));
            low |= static_cast<uint8_t>((s & 3) << (2 * i));
        }
        bytes.push_back(low);
    }
    return bytes;
}

}  // namespace exysim::camera
