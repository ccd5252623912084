// Pixel formats and blending: every case that is small enough to try them all.
#include "models/display/pixels.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

using namespace exysim::display;

TEST_CASE("pixels: over_255 rounds to nearest for every product", "[display]") {
    uint32_t wrong = 0;
    for (uint32_t x = 0; x <= 65535; ++x)
        wrong += over_255(x) != static_cast<uint32_t>(std::floor(x / 255.0 + 0.5));
    CHECK(wrong == 0);
}

TEST_CASE("pixels: every 16-bit value of every format", "[display]") {
    std::vector<uint8_t> bytes(65536 * 2);
    for (uint32_t v = 0; v < 65536; ++v) {
        bytes[2 * v] = static_cast<uint8_t>(v);
        bytes[2 * v + 1] = static_cast<uint8_t>(v >> 8);
    }
    std::vector<Pixel> out(65536);
    // Repeated bits are the linear scale to less than a level, and exact at both ends.
    const auto level = [](uint32_t value, int n) { return value * 255.0 / ((1 << n) - 1); };
    const auto close = [](uint32_t got, double want) {
        return std::abs(got - want) < 0.8 && (want > 0 || got == 0) && (want < 255 || got == 255);
    };
    uint32_t wrong = 0;
    decode_row({GraphicFormat::rgb565, false, {}}, bytes, out);
    for (uint32_t v = 0; v < 65536; ++v) {
        wrong += !close(out[v] >> 16 & 255, level(v >> 11, 5)) ||
                 !close(out[v] >> 8 & 255, level(v >> 5 & 63, 6)) || !close(out[v] & 255, level(v & 31, 5)) ||
                 out[v] >> 24 != 255;
    }
    decode_row({GraphicFormat::argb1555, true, {}}, bytes, out);
    for (uint32_t v = 0; v < 65536; ++v) {
        wrong += !close(out[v] >> 16 & 255, level(v >> 10 & 31, 5)) ||
                 !close(out[v] >> 8 & 255, level(v >> 5 & 31, 5)) || !close(out[v] & 255, level(v & 31, 5)) ||
                 out[v] >> 24 != (v >> 15) * 255;
    }
    decode_row({GraphicFormat::argb4444, true, {}}, bytes, out);
    for (uint32_t v = 0; v < 65536; ++v) {
        wrong += out[v] !=
                 ((v >> 12) * 17 << 24 | (v >> 8 & 15) * 17 << 16 | (v >> 4 & 15) * 17 << 8 | (v & 15) * 17);
    }
    CHECK(wrong == 0);
}

TEST_CASE("pixels: a keyed pixel leaves what is behind it, premultiplied or not", "[display]") {
    const uint8_t bytes[] = {1, 2, 3, 255, 9, 9, 9, 255};
    for (const bool premultiplied : {false, true}) {
        std::vector<Pixel> row(2), below{0xFF10'2030, 0xFF10'2030};
        decode_row({GraphicFormat::argb8888, false, 0xFF03'0201}, bytes, row);
        blend_row(row, {200, premultiplied}, below);
        CHECK(below[0] == 0xFF10'2030);
        CHECK(below[1] != 0xFF10'2030);
    }
}

TEST_CASE("pixels: premultiplied colours that are too bright stop at white", "[display]") {
    const std::vector<Pixel> row{0x00FF'FFFF};
    std::vector<Pixel> below{0xFF80'8080};
    blend_row(row, {255, true}, below);
    CHECK(below[0] == 0xFFFF'FFFF);
}

TEST_CASE("pixels: packed as R, G, B whatever the number of pixels", "[display]") {
    std::vector<Pixel> row;
    for (uint32_t n = 0; n < 12; ++n) {
        std::vector<uint8_t> rgb(3 * n + 1, 0xEE);
        pack_rgb(row, rgb.data());
        for (uint32_t i = 0; i < n; ++i) {
            CHECK(rgb[3 * i] == 3 * i + 1);
            CHECK(rgb[3 * i + 1] == 3 * i + 2);
            CHECK(rgb[3 * i + 2] == 3 * i + 3);
        }
        CHECK(rgb[3 * n] == 0xEE);
        row.push_back(0xFF00'0000 | (3 * n + 1) << 16 | (3 * n + 2) << 8 | (3 * n + 3));
    }
}
