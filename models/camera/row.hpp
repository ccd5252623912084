// One line of a picture inside FIMC.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/camera/frame_source.hpp"

namespace exysim::camera {

/// Three samples a pixel: Y, Cb, Cr; or R, G, B where the text says so.
struct Row {
    std::vector<uint8_t> c[3];

    explicit Row(uint32_t width = 0) { resize(width); }
    void resize(uint32_t width) {
        for (auto& samples : c) samples.resize(width);
    }
    uint32_t width() const { return static_cast<uint32_t>(c[0].size()); }
    friend bool operator==(const Row&, const Row&) = default;
};

/// Pixels `left` .. `left` + `width` of a 4:2:2 line, where a pair of pixels shares its chroma sample, or of
/// a 4:4:4 line, whose `order` is 0. The camera sends a pair as the bytes Y Cb Y Cr; `order` says what they
/// are taken for: 0 that, 1 Y Cr Y Cb, 2 Cb Y Cr Y, 3 Cr Y Cb Y.
void from_422(const Line422& line, uint32_t left, uint32_t width, Row& to, uint32_t order = 0);

}  // namespace exysim::camera
