// FIMC-LITE as Linux 6.1's fimc-lite driver programs it, and its bytes against a second way to make them.
#include <catch2/catch.hpp>
#include <random>

#include "models/camera/fimc_lite_core.hpp"

using namespace exysim;
using namespace exysim::camera;

namespace {

using Core = FimcLiteCore;
constexpr FrameSize kSize{64, 32};

void set_up(Core& c, uint32_t format = kYuv422) {
    c.regs.write(Core::kCisrcsize, kSize.width << 16 | kSize.height);
    c.regs.write(Core::kCigctrl, format << 24);
    c.regs.write(Core::kCiocan, kSize.height << 16 | kSize.width);
    c.regs.write(Core::kCiwdofst, 1U << 31);
    c.regs.write(Core::kCiimgcpt, 1U << 31);
}
uint32_t sources(Core& c) {
    const uint32_t status = c.regs.read(Core::kCistatus);
    c.regs.write(Core::kCistatus, status & ~1U);
    return status >> 4 & 15;
}

}  // namespace

TEST_CASE("fimc-lite: one buffer address serves Linux, which changes it between frames", "[camera][lite]") {
    Core c;
    set_up(c);
    c.regs.write(Core::kCiosa, 0x4000'0000);
    c.regs.write(Core::kCifcntseq, 1);
    REQUIRE(c.begin_frame({kSize}).frame);
    CHECK(sources(c) == 2);  // start
    CHECK(c.begin_lines() == Iova{0x4000'0000});
    c.end_frame();
    CHECK(sources(c) == 1);  // end: Linux takes the buffer away
    c.regs.write(Core::kCifcntseq, 0);
    REQUIRE(c.begin_frame({kSize}).frame);
    CHECK(sources(c) == 2);  // and gives another one before the first line
    c.regs.write(Core::kCiosa, 0x5000'0000);
    c.regs.write(Core::kCifcntseq, 1);
    CHECK(c.begin_lines() == Iova{0x5000'0000});
    c.regs.write(Core::kCiimgcpt, 0);
    c.end_frame();
    CHECK(sources(c) == 5);  // end, and of the last frame
    CHECK(c.regs.read(Core::kCistatus2) == 3);
    c.regs.write(Core::kCistatus2, 1);
    CHECK(c.regs.read(Core::kCistatus2) == 1);
    CHECK(c.begin_frame({kSize}).drop_reason == "no buffer");
    CHECK(sources(c) == 0);
}

TEST_CASE("fimc-lite: the ring takes its enabled slots in turn, and none when none is", "[camera][lite]") {
    Core c;
    set_up(c);
    c.regs.write(Core::kCiosa, 0x1000);
    for (uint32_t n = 0; n < 31; ++n) c.regs.write(Core::kCiosan + 4 * n, 0x2000 + n);
    c.regs.write(Core::kCifcntseq, 1U << 31 | 1U << 5 | 1);
    for (const uint32_t expected : {0x1000U, 0x2004U, 0x201EU, 0x1000U}) {
        REQUIRE(c.begin_frame({kSize}).frame);
        CHECK(c.begin_lines() == Iova{expected});
        c.end_frame();
    }
    c.regs.write(Core::kCifcntseq, 0);
    REQUIRE(c.begin_frame({kSize}).frame);
    CHECK_FALSE(c.begin_lines());
    c.regs.write(Core::kCifcntseq, 1);
    c.regs.write(Core::kCigctrl, uint32_t{kYuv422} << 24 | 1U << 20);  // output DMA off
    REQUIRE(c.begin_frame({kSize}).frame);
    CHECK_FALSE(c.begin_lines());
}

TEST_CASE("fimc-lite: reset is asked for, answered, and leaves nothing", "[camera][lite]") {
    Core c;
    set_up(c);
    c.regs.write(Core::kCifcntseq, 1);
    REQUIRE(c.begin_frame({kSize}).frame);
    CHECK((c.regs.read(Core::kCigctrl) >> 18 & 1) == 0);
    c.regs.write(Core::kCigctrl, c.regs.read(Core::kCigctrl) | 1U << 19);
    CHECK((c.regs.read(Core::kCigctrl) >> 18 & 1) == 1);
    const uint64_t resets = c.resets();
    c.regs.write(Core::kCigctrl, c.regs.read(Core::kCigctrl) | 1U << 17);
    CHECK(c.resets() == resets + 1);
    CHECK(c.regs.read(Core::kCigctrl) == 0);
    CHECK(c.regs.read(Core::kCisrcsize) == 0);
    CHECK_FALSE(c.irq());
    c.end_frame();  // of the frame that was under way
    CHECK_FALSE(c.irq());
}

TEST_CASE("fimc-lite: frame control counts and selects", "[camera][lite]") {
    Core c;
    set_up(c);
    c.regs.write(Core::kCicptseq, 0b0101);
    c.regs.write(Core::kCiimgcpt, 0);
    c.regs.write(Core::kCiimgcpt, 1U << 31 | 1U << 25);
    for (const bool taken : {true, false, true, false})
        CHECK(c.begin_frame({kSize}).frame.has_value() == taken);
    c.regs.write(Core::kCiimgcpt, 0);
    c.regs.write(Core::kCiimgcpt, 1U << 31 | 1U << 25 | 1U << 18 | 2U << 10);
    for (const bool taken : {true, true, false}) CHECK(c.begin_frame({kSize}).frame.has_value() == taken);
}

TEST_CASE("fimc-lite: the port is chosen by MIPI and camera B", "[camera][lite]") {
    Core c;
    const auto port = [&](uint32_t mipi, uint32_t b) {
        c.regs.write(Core::kCigctrl, mipi << 3);
        c.regs.write(Core::kCigeneral, b);
        return c.selected();
    };
    CHECK(port(0, 0) == CameraPort::itu_a);
    CHECK(port(0, 1) == CameraPort::itu_b);
    CHECK(port(1, 0) == CameraPort::mipi_0);
    CHECK(port(1, 1) == CameraPort::mipi_1);
}

TEST_CASE("fimc-lite: wrong settings are named, and take no frame or go past the canvas", "[camera][lite]") {
    struct Row {
        uint32_t offset, value;
        const char* what;
        bool taken;
    };
    const Row rows[] = {
        {Core::kCisrcsize, 62U << 16 | 32, "the source size is not what the camera sends", false},
        {Core::kCigctrl, 0x2BU << 24, "FMT is not the data type that the camera sends", false},
        {Core::kCigctrl, 0x05U << 24, "a reserved format", false},
        {Core::kCiwdofst2, 64U << 16, "the window offsets leave nothing of the source", false},
        {Core::kCiooff, 8, "the picture reaches past its canvas", true},
        {Core::kCiooff, 1U << 16, "the picture reaches past its canvas", true},
    };
    for (const Row& row : rows) {
        Core c;
        set_up(c);
        c.regs.write(row.offset, row.value);
        const Core::Decision made = c.begin_frame({kSize});
        CHECK(made.mistake == row.what);
        CHECK(made.frame.has_value() == row.taken);
    }
    Core raw;
    set_up(raw, kRaw10);
    raw.regs.write(Core::kCigctrl, uint32_t{kRaw10} << 24 | 1U << 15);
    CHECK(raw.begin_frame({kSize, kRaw10}).mistake == "the test pattern of raw formats is not modelled");
}

TEST_CASE("fimc-lite: overflow flags stay until CIWDOFST clears each", "[camera][lite]") {
    Core c;
    c.overflow();
    CHECK((c.regs.read(Core::kCistatus) >> 8 & 7) == 7);
    CHECK(c.irq());
    c.regs.write(Core::kCistatus, 0);
    CHECK((c.regs.read(Core::kCistatus) >> 8 & 7) == 7);
    c.regs.write(Core::kCiwdofst, 1U << 30);
    CHECK((c.regs.read(Core::kCistatus) >> 8 & 7) == 3);
    c.regs.write(Core::kCiwdofst, 1U << 15 | 1U << 14);
    CHECK((c.regs.read(Core::kCistatus) >> 8 & 7) == 0);
}

namespace {

/// Bits as a string, the first sample's lowest bit first, so that packing is a matter of concatenation.
std::string bits_of(uint32_t value, uint32_t count) {
    std::string text;
    for (uint32_t i = 0; i < count; ++i) text += static_cast<char>('0' + (value >> i & 1));
    return text;
}
std::vector<uint8_t> bytes_of(const std::string& bits) {
    std::vector<uint8_t> made((bits.size() + 7) / 8);
    for (size_t i = 0; i < bits.size(); ++i) made[i / 8] |= static_cast<uint8_t>((bits[i] - '0') << (i % 8));
    return made;
}

/// What CSI-2 sends: the upper eight bits of a group of samples, then their low bits, first sample lowest.
std::vector<uint8_t> on_the_link(const std::vector<uint32_t>& samples, uint32_t bits) {
    const uint32_t group = bits == 8 ? 1 : bits == 12 ? 2 : 4;
    std::vector<uint8_t> made;
    for (size_t first = 0; first < samples.size(); first += group) {
        std::string low;
        for (uint32_t i = 0; i < group; ++i) {
            made.push_back(static_cast<uint8_t>(samples[first + i] >> (bits - 8)));
            low += bits_of(samples[first + i], bits - 8);
        }
        for (const uint8_t byte : bytes_of(low)) made.push_back(byte);
    }
    return made;
}

}  // namespace

TEST_CASE("fimc-lite: random raw lines lie in memory as words or packed", "[camera][lite]") {
    std::mt19937 random{5};
    const std::pair<uint8_t, uint32_t> formats[] = {
        {kRaw8, 8}, {kRaw10, 10}, {kRaw12, 12}, {uint8_t{0x2D}, 14}};
    for (int round = 0; round < 2000; ++round) {
        const auto [format, bits] = formats[random() % 4];
        std::vector<uint32_t> samples(4 * (4 + random() % 20));
        for (uint32_t& s : samples) s = static_cast<uint32_t>(random() % (1U << bits));
        LiteFrame f;
        f.format = format;
        f.packed = random() % 2;
        f.left = static_cast<uint32_t>(random() % 8);
        f.window = {static_cast<uint32_t>(2 + random() % (samples.size() - 9)) & ~1U, 1};
        std::string expected;
        for (uint32_t i = 0; i < f.window.width; ++i) {
            const uint32_t s = samples[f.left + i];
            if (bits == 8) {
                expected += bits_of(s, 8);
            } else if (!f.packed) {
                expected += bits_of(s, 16);
            } else {
                expected += bits > 12 ? bits_of(s >> (bits - 12), 12) : bits_of(s << (12 - bits), 12);
            }
        }
        const std::vector<uint8_t> link = on_the_link(samples, bits);
        REQUIRE(lite_bytes(f, 0, {{}, {}, {}, link}) == bytes_of(expected));
    }
}

TEST_CASE("fimc-lite: four orders in, four orders out", "[camera][lite]") {
    const uint8_t y[] = {10, 11, 12, 13}, cb[] = {20, 21}, cr[] = {30, 31};
    const char* const kOrders[] = {"yuzv", "yvzu", "uyvz", "vyuz"};  // z: the second luma
    for (uint32_t in = 0; in < 4; ++in) {
        for (uint32_t out = 0; out < 4; ++out) {
            LiteFrame f;
            f.format = kYuv422;
            f.window = {2, 1};
            f.left = 2;
            f.order_in = in, f.order_out = out;
            const uint8_t sent[] = {12, 21, 13, 31};  // the second pair as the camera sends it
            std::vector<uint8_t> expected;
            for (const char part : std::string{kOrders[out]})
                expected.push_back(sent[std::string{kOrders[in]}.find(part)]);
            CHECK(lite_bytes(f, 0, {y, cb, cr}) == expected);
        }
    }
}
