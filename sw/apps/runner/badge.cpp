#include "apps/runner/badge.hpp"

namespace apps::runner {

namespace {

constexpr uint32_t kHalfRed = 0x80800000, kHalfWhite = 0x80808080, kClear = 0;
constexpr int kFrame = 8;  // pixels

uint32_t pixel(int x, int y) {
    constexpr int kWidth = Badge::kWidth, kHeight = Badge::kHeight, kRadius = kHeight / 2 - 2 * kFrame;
    const bool frame = x < kFrame || y < kFrame || x >= kWidth - kFrame || y >= kHeight - kFrame;
    if (frame) return kHalfWhite;
    const int dx = x - kWidth / 2, dy = y - kHeight / 2;
    return dx * dx + dy * dy < kRadius * kRadius ? kHalfRed : kClear;
}

}  // namespace

Badge::Badge(const DrmCard& card) : handle{card.create_dumb(kWidth, kHeight, 32, pitch)} {
    const Mapping memory = card.map_dumb(handle, size_t{pitch} * kHeight);
    auto* pixels = static_cast<uint32_t*>(memory.data());
    for (uint32_t y = 0; y < kHeight; ++y) {
        for (uint32_t x = 0; x < kWidth; ++x)
            pixels[y * pitch / 4 + x] = pixel(static_cast<int>(x), static_cast<int>(y));
    }
}

}  // namespace apps::runner
