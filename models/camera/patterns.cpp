#include "models/camera/patterns.hpp"

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

namespace exysim::camera {

namespace {

constexpr Ycbcr kBars[] = {{180, 128, 128}, {162, 44, 142}, {131, 156, 44}, {112, 72, 58},
                           {84, 184, 198},  {65, 100, 212}, {35, 212, 114}, {16, 128, 128}};
constexpr uint8_t kWhite = 235;
constexpr uint32_t kMovingLineHeight = 4;

class Bars final : public FrameSource {
public:
    explicit Bars(FrameSize size) : size_{size} {}
    FrameSize size() const override { return size_; }
    bool next(Frame422& frame) override {
        frame.resize(size_);
        for (uint32_t line = 0; line < size_.height; ++line) draw(frame, line);
        draw_moving_line(frame);
        ++number_;
        return true;
    }

private:
    void draw(Frame422& f, uint32_t line) const {
        const size_t luma = size_t{line} * size_.width;
        for (uint32_t x = 0; x < size_.width; x += 2) {
            const Ycbcr& bar = kBars[x * 8 / size_.width];
            f.y[luma + x] = f.y[luma + x + 1] = bar.y;
            f.cb[(luma + x) / 2] = bar.cb;
            f.cr[(luma + x) / 2] = bar.cr;
        }
    }
    void draw_moving_line(Frame422& f) const {
        if (size_.height == 0) return;
        const auto first = static_cast<uint32_t>(number_ * kMovingLineHeight % size_.height);
        for (uint32_t i = 0; i < kMovingLineHeight && first + i < size_.height; ++i) {
            const size_t luma = size_t{first + i} * size_.width;
            std::fill_n(f.y.begin() + static_cast<ptrdiff_t>(luma), size_.width, kWhite);
            std::fill_n(f.cb.begin() + static_cast<ptrdiff_t>(luma / 2), size_.width / 2, uint8_t{128});
            std::fill_n(f.cr.begin() + static_cast<ptrdiff_t>(luma / 2), size_.width / 2, uint8_t{128});
        }
    }

    FrameSize size_;
    uint64_t number_ = 0;
};

/// Luma is a cosine whose phase grows with the square of the distance from the centre: spatial frequency
/// rises linearly up to a quarter of the sampling rate at the nearer edge. 1024 phases a period, all
/// integers, so that every compiler makes the same picture.
class ZonePlate final : public FrameSource {
public:
    explicit ZonePlate(FrameSize size) : size_{size} {
        for (uint32_t i = 0; i < kPhases; ++i) {
            const double angle = 2 * std::numbers::pi * i / kPhases;
            luma_[i] = static_cast<uint8_t>(std::lround(125.5 + 109.5 * std::cos(angle)));
            chroma_[i] = static_cast<uint8_t>(std::lround(128 + 90 * std::sin(angle)));
        }
        for (uint64_t x = 0; x < size.width / 2; ++x)
            across_.push_back(static_cast<uint16_t>(x * 2 * kPhases / size.width));
        phases_.reserve(size_t{size.width} * size.height);
        for (uint32_t line = 0; line < size.height; ++line) {
            for (uint32_t x = 0; x < size.width; ++x) phases_.push_back(phase(x, line));
        }
    }
    FrameSize size() const override { return size_; }
    bool next(Frame422& frame) override {
        frame.resize(size_);
        for (uint32_t line = 0; line < size_.height; ++line) draw(frame, line);
        ++number_;
        return true;
    }

private:
    static constexpr uint32_t kPhases = 1024, kPhasesPerFrame = 64;
    static constexpr uint32_t kFraction = 8;  // fractional bits of the phase while it is summed

    /// Phase r^2 / (8 edge) periods: its derivative at r = edge is a quarter period a pixel.
    uint16_t phase(uint32_t x, uint32_t line) const {
        const int64_t edge = std::min(size_.width, size_.height) / 2;
        const int64_t dx = int64_t{x} - size_.width / 2, dy = int64_t{line} - size_.height / 2;
        return ((dx * dx + dy * dy) * (kPhases << kFraction) / (8 * edge) >> kFraction) % kPhases;
    }
    void draw(Frame422& f, uint32_t line) const {
        const uint64_t moved = number_ * kPhasesPerFrame;
        const size_t row = size_t{line} * size_.width;
        for (uint32_t x = 0; x < size_.width; ++x) f.y[row + x] = luma_[(phases_[row + x] - moved) % kPhases];
        const uint64_t down = uint64_t{line} * kPhases / size_.height;
        for (uint32_t x = 0; x < size_.width / 2; ++x)
            f.cb[row / 2 + x] = chroma_[(across_[x] + moved / 4) % kPhases];
        std::fill_n(f.cr.begin() + static_cast<ptrdiff_t>(row / 2), size_.width / 2,
                    chroma_[(down + moved / 4) % kPhases]);
    }

    FrameSize size_;
    std::array<uint8_t, kPhases> luma_{}, chroma_{};
    std::vector<uint16_t> phases_;  // of each pixel in the first frame
    std::vector<uint16_t> across_;  // of Cb in each column
    uint64_t number_ = 0;
};

template <class Pattern>
std::unique_ptr<FrameSource> make(FrameSize size) {
    return std::make_unique<Pattern>(size);
}

struct Row {
    std::string_view name;
    std::unique_ptr<FrameSource> (*make)(FrameSize);
};
constexpr Row kPatterns[] = {{"bars", make<Bars>}, {"zoneplate", make<ZonePlate>}};

}  // namespace

Ycbcr colour_bar(uint32_t index) { return kBars[index % std::size(kBars)]; }

std::unique_ptr<FrameSource> make_pattern(std::string_view name, FrameSize size) {
    for (const Row& row : kPatterns) {
        if (row.name == name) return row.make(size);
    }
    return nullptr;
}

}  // namespace exysim::camera
