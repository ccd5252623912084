// Memory layouts as linux/videodev2.h describes them: NV12, NV21, YUV420, NV16, YUV422P, YUYV and its
// relatives.
#include "models/camera/line_packer.hpp"

#include <catch2/catch.hpp>
#include <map>

using namespace exysim;
using namespace exysim::camera;
using Kind = PixelLayout::Kind;

namespace {

constexpr FrameSize kSize{4, 4};
constexpr Iova kY{0x1000}, kCb{0x2000}, kCr{0x3000};

/// Sample values that name themselves: luma 0x00 + 4 * line + x, Cb 0x40.., Cr 0x80.., chroma 2 a line.
Frame422 named_samples() {
    Frame422 f;
    f.resize(kSize);
    for (size_t i = 0; i < f.y.size(); ++i) f.y[i] = static_cast<uint8_t>(i);
    for (size_t i = 0; i < f.cb.size(); ++i) {
        f.cb[i] = static_cast<uint8_t>(0x40 + i);
        f.cr[i] = static_cast<uint8_t>(0x80 + i);
    }
    return f;
}

/// Memory after the whole frame has been packed.
std::map<uint32_t, uint8_t> packed(const OutputArea& area) {
    const Frame422 frame = named_samples();
    LinePacker packer{area};
    std::vector<Burst> bursts;
    for (uint32_t line = 0; line < kSize.height; ++line) packer.pack(line, line_of(frame, line), bursts);
    std::map<uint32_t, uint8_t> memory;
    for (const Burst& burst : bursts) {
        for (uint32_t i = 0; i < burst.bytes.size(); ++i) {
            const auto [at, fresh] = memory.emplace(burst.at.value + i, burst.bytes[i]);
            CHECK(fresh);  // no byte is written twice
        }
    }
    return memory;
}

std::vector<int> bytes_at(const std::map<uint32_t, uint8_t>& memory, uint32_t at, uint32_t count) {
    std::vector<int> bytes;
    for (uint32_t i = 0; i < count; ++i) bytes.push_back(memory.contains(at + i) ? memory.at(at + i) : -1);
    return bytes;
}

OutputArea area(PixelLayout layout) {
    return {.layout = layout,
            .y = kY,
            .cb = kCb,
            .cr = kCr,
            .canvas_width = 4,
            .left = 0,
            .top = 0,
            .size = kSize};
}

}  // namespace

TEST_CASE("line packer: two chroma lines become one, halves rounded up", "[camera]") {
    std::vector<uint8_t> to(4);
    average(std::vector<uint8_t>{0, 1, 255, 254}, std::vector<uint8_t>{1, 2, 255, 255}, to);
    CHECK(to == std::vector<uint8_t>{1, 2, 255, 255});
}

TEST_CASE("line packer: NV12 and NV21 differ in the order of chroma only", "[camera]") {
    const auto nv12 = packed(area({Kind::semiplanar_420, 0}));
    CHECK(nv12.size() == 24);
    CHECK(bytes_at(nv12, 0x1000, 4) == std::vector<int>{0, 1, 2, 3});
    CHECK(bytes_at(nv12, 0x100C, 4) == std::vector<int>{12, 13, 14, 15});
    // lines 0 and 1: Cb 40 41 | 42 43 -> (40 + 42 + 1) / 2 = 41, (41 + 43 + 1) / 2 = 42
    CHECK(bytes_at(nv12, 0x2000, 4) == std::vector<int>{0x41, 0x81, 0x42, 0x82});
    CHECK(bytes_at(nv12, 0x2004, 4) == std::vector<int>{0x45, 0x85, 0x46, 0x86});
    const auto nv21 = packed(area({Kind::semiplanar_420, 1}));
    CHECK(bytes_at(nv21, 0x2000, 4) == std::vector<int>{0x81, 0x41, 0x82, 0x42});
}

TEST_CASE("line packer: three planes of 4:2:0 have half the pitch in chroma", "[camera]") {
    const auto yuv420 = packed(area({Kind::planar_420, 0}));
    CHECK(yuv420.size() == 24);
    CHECK(bytes_at(yuv420, 0x2000, 5) == std::vector<int>{0x41, 0x42, 0x45, 0x46, -1});
    CHECK(bytes_at(yuv420, 0x3000, 5) == std::vector<int>{0x81, 0x82, 0x85, 0x86, -1});
}

TEST_CASE("line packer: 4:2:2 keeps every chroma line", "[camera]") {
    const auto nv16 = packed(area({Kind::semiplanar_422, 0}));
    CHECK(nv16.size() == 32);
    CHECK(bytes_at(nv16, 0x2004, 4) == std::vector<int>{0x42, 0x82, 0x43, 0x83});
    const auto planar = packed(area({Kind::planar_422, 0}));
    CHECK(bytes_at(planar, 0x2000, 4) == std::vector<int>{0x40, 0x41, 0x42, 0x43});
}

TEST_CASE("line packer: packed pixels in the four orders", "[camera]") {
    // YUYV, YVYU, UYVY, VYUY: first pair of line 0 is y 0 1, cb 40, cr 80
    const std::vector<int> expected[] = {
        {0, 0x40, 1, 0x80}, {0, 0x80, 1, 0x40}, {0x40, 0, 0x80, 1}, {0x80, 0, 0x40, 1}};
    for (uint8_t order = 0; order < 4; ++order) {
        INFO("order " << int{order});
        const auto memory = packed(area({Kind::packed_422, order}));
        CHECK(memory.size() == 32);
        CHECK(bytes_at(memory, 0x1000, 4) == expected[order]);
    }
}

TEST_CASE("line packer: a picture inside a larger canvas starts at its corner", "[camera]") {
    OutputArea inside = area({Kind::semiplanar_420, 0});
    inside.canvas_width = 16;
    inside.left = 4;
    inside.top = 2;
    const auto memory = packed(inside);
    CHECK(bytes_at(memory, 0x1000 + 2 * 16 + 3, 6) == std::vector<int>{-1, 0, 1, 2, 3, -1});
    CHECK(bytes_at(memory, 0x2000 + 1 * 16 + 3, 6) == std::vector<int>{-1, 0x41, 0x81, 0x42, 0x82, -1});
}
