// The raw sensor's registers and mosaic. Expectations: Linux 6.1's imx219 driver by use; MIPI CSI-2
// section 11.4; arithmetic as models/camera/mosaic.hpp states it.
#include "models/camera/bayer_core.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "models/camera/mosaic.hpp"

using namespace exysim;
using namespace exysim::camera;

namespace {

void put(BayerCore& sensor, uint16_t address, std::initializer_list<uint8_t> values) {
    REQUIRE(sensor.start(false));
    sensor.write(static_cast<uint8_t>(address >> 8));
    sensor.write(static_cast<uint8_t>(address));
    for (const uint8_t value : values) sensor.write(value);
    sensor.stop();
}
uint16_t get16(BayerCore& sensor, uint16_t address) {
    put(sensor, address, {});
    REQUIRE(sensor.start(true));
    const uint8_t high = sensor.read(), low = sensor.read();
    sensor.stop();
    return static_cast<uint16_t>(high << 8 | low);
}
void set_size(BayerCore& sensor, uint16_t width, uint16_t height) {
    put(sensor, 0x016C, {static_cast<uint8_t>(width >> 8), static_cast<uint8_t>(width)});
    put(sensor, 0x016E, {static_cast<uint8_t>(height >> 8), static_cast<uint8_t>(height)});
}
Frame422 scene_of(FrameSize size, uint8_t y, uint8_t cb, uint8_t cr) {
    Frame422 f;
    f.resize(size);
    std::fill(f.y.begin(), f.y.end(), y);
    std::fill(f.cb.begin(), f.cb.end(), cb);
    std::fill(f.cr.begin(), f.cr.end(), cr);
    return f;
}

}  // namespace

TEST_CASE("raw sensor: a driver finds its number and cannot change it", "[camera]") {
    BayerCore sensor;
    CHECK(get16(sensor, 0x0000) == 0x0219);
    put(sensor, 0x0000, {1, 2});
    CHECK(get16(sensor, 0x0000) == 0x0219);
}

TEST_CASE("raw sensor: registers count up and read back", "[camera]") {
    BayerCore sensor;
    put(sensor, 0x0160, {0x12, 0x34, 0x56, 0x78});
    CHECK(get16(sensor, 0x0160) == 0x1234);
    CHECK(get16(sensor, 0x0162) == 0x5678);
    put(sensor, 0x0103, {1});  // software reset
    CHECK(get16(sensor, 0x0162) == 3448);
}

TEST_CASE("raw sensor: MODE_SELECT switches the stream, once for each change", "[camera]") {
    BayerCore sensor;
    std::vector<bool> streams;
    sensor.stream_changed = [&](bool on) { streams.push_back(on); };
    put(sensor, 0x0100, {1});
    put(sensor, 0x0100, {1});
    put(sensor, 0x0100, {0});
    CHECK(streams == std::vector<bool>{true, false});
}

TEST_CASE("raw sensor: each mode of Linux's driver runs at 30 frames a second", "[camera]") {
    BayerCore sensor;
    put(sensor, 0x0160, {0x06, 0xE3});  // 1763 lines
    put(sensor, 0x0162, {0x0D, 0x78});
    set_size(sensor, 640, 480);
    const double rate = static_cast<double>(BayerCore::kPixelRate) /
                        static_cast<double>(sensor.line_pixels() * sensor.frame_lines());
    CHECK(std::abs(rate - 30) < 0.01);
    set_size(sensor, 4000, 2000);
    CHECK(sensor.line_pixels() == 4000);  // never shorter than the picture
    CHECK(sensor.frame_lines() == 2001);
}

TEST_CASE("raw sensor: the mosaic is R Gr over Gb B, and mirrors with the array", "[camera]") {
    BayerCore sensor;
    set_size(sensor, 4, 2);
    // BT.601, limited range: pure red is Y 81, Cb 90, Cr 240 (R 255, G 0, B 0 to a level)
    const Frame422 red = scene_of({4, 2}, 81, 90, 240);
    Mosaic mosaic{sensor, red};
    const auto upper = mosaic.line(0), lower = mosaic.line(1);
    CHECK(upper[0] >= 1015);
    CHECK(upper[1] <= 8);
    CHECK(upper[2] == upper[0]);
    CHECK(lower[0] <= 8);
    CHECK(lower[1] <= 8);
    put(sensor, 0x0172, {1});  // mirrored: G R
    CHECK(mosaic.line(0)[1] == upper[0]);
    CHECK(mosaic.line(0)[0] == upper[1]);
    put(sensor, 0x0172, {2});  // flipped: G B first
    CHECK(mosaic.line(0)[0] == lower[0]);
    CHECK(mosaic.line(1)[0] == upper[0]);
}

TEST_CASE("raw sensor: outside the scene it is dark", "[camera]") {
    BayerCore sensor;
    set_size(sensor, 8, 4);
    const Frame422 white = scene_of({4, 2}, 235, 128, 128);
    Mosaic mosaic{sensor, white};
    CHECK(mosaic.line(0)[3] == 1023);
    CHECK(mosaic.line(0)[4] == 0);
    CHECK(mosaic.line(2)[0] == 0);
}

TEST_CASE("raw sensor: test patterns take the scene's place", "[camera]") {
    BayerCore sensor;
    set_size(sensor, 64, 8);
    const Frame422 grey = scene_of({64, 8}, 100, 128, 128);
    put(sensor, 0x0602, {0x01, 0x11, 0x02, 0x22, 0x03, 0x33, 0x00, 0x44});  // R Gr B Gb
    put(sensor, 0x0600, {0, 1});
    Mosaic solid{sensor, grey};
    CHECK(solid.line(0)[0] == 0x111);
    CHECK(solid.line(0)[1] == 0x222);
    CHECK(solid.line(1)[0] == 0x044);
    CHECK(solid.line(1)[1] == 0x333);
    put(sensor, 0x0600, {0, 2});
    const auto bars = Mosaic{sensor, grey}.line(0);
    CHECK(bars[0] == 1023);          // white: red is on
    CHECK(bars[2 * 8] == 0);         // cyan: red is off
    CHECK(bars[2 * 8 + 1] == 1023);  // its green is on
    CHECK(bars[63] == 0);            // black
    put(sensor, 0x0600, {0, 3});
    CHECK(Mosaic{sensor, grey}.line(4)[0] == (1023 * 4 + 512 * 4) / 8);
    put(sensor, 0x0600, {0, 4});
    CHECK(Mosaic{sensor, grey}.line(0)[0] == 0x1FF << 1);
}

TEST_CASE("raw sensor: bytes on the link are those of CSI-2", "[camera]") {
    const std::vector<uint16_t> samples{0x3FF, 0x000, 0x155, 0x2AA};
    CHECK(raw_bytes(samples, kRaw8) == std::vector<uint8_t>{0xFF, 0x00, 0x55, 0xAA});
    CHECK(raw_bytes(samples, kRaw10) == std::vector<uint8_t>{0xFF, 0x00, 0x55, 0xAA, 0b10'01'00'11});
}
