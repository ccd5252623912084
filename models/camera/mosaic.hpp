// What a raw sensor sends: one colour a pixel, behind a mosaic of filters.
#pragma once

#include "models/camera/bayer_core.hpp"
#include "models/camera/row.hpp"

namespace exysim::camera {

/// One line of 10-bit samples as the sensor reads them out. The pixel array has R Gr in even lines, Gb B in
/// odd ones; mirroring and flipping change the order in which it is read, so that the picture begins with
/// another colour. The scene is limited-range Y'CbCr, BT.709 from 1280 pixels on; its R'G'B' levels times
/// 1023 / 255 are sent as they are (no gamma is undone: Assumed, as if the sensor's response had been
/// corrected). Test patterns take the scene's place: solid (the four TESTP levels), eight 100 % bars, the
/// same fading to grey from top to bottom, and the PN9 sequence x^9 + x^5 + 1 from all ones, nine bits and a
/// zero a pixel (Assumed).
class Mosaic {
public:
    /// The picture's size is taken over now; both must outlive the mosaic.
    Mosaic(const BayerCore& sensor, const Frame422& scene)
        : sensor_{sensor}, scene_{scene}, size_{sensor.size()} {}

    std::vector<uint16_t> line(uint32_t y);

private:
    void scene_line(uint32_t y, Row& to) const;
    uint16_t pattern_level(uint32_t x, uint32_t y, uint32_t channel);

    const BayerCore& sensor_;
    const Frame422& scene_;
    FrameSize size_;
    uint32_t pn9_ = 0x1FF;
};

/// 10-bit samples as CSI-2 carries them: RAW8 the top eight bits; RAW10 four such bytes, then one with the
/// low bits, first pixel lowest. Source: MIPI CSI-2, section 11.4.
std::vector<uint8_t> raw_bytes(const std::vector<uint16_t>& samples, uint8_t data_type);

}  // namespace exysim::camera
