// Random settings of the whole engine, programmed through the registers as Linux's driver would, against the
// reference of fimc_reference.hpp; every byte of memory is compared, so that nothing is written elsewhere.
// FIMC_CONFIGURATIONS in the environment says how many, FIMC_SEED where they begin.
#include <catch2/catch.hpp>

#include <cstdlib>
#include <random>
#include <string>

#include "models/camera/fimc_core.hpp"
#include "tests/unit/camera/fimc_reference.hpp"

using namespace exysim;
using namespace exysim::camera;
using test::Pix;
using test::Surface;

namespace {

uint64_t from_environment(const char* name, uint64_t usual) {
    const char* const text = std::getenv(name);
    return text ? std::strtoull(text, nullptr, 10) : usual;
}

struct Random {
    std::mt19937_64 engine;
    uint32_t below(uint32_t n) { return static_cast<uint32_t>(engine() % n); }
    uint32_t between(uint32_t low, uint32_t high) { return low + below(high - low + 1); }
    bool one_in(uint32_t n) { return below(n) == 0; }
    bool flip() { return below(2) != 0; }
};

bool subsampled(Pix p) { return !test::is_rgb(p); }
bool two_lines(Pix p) { return p == Pix::yuv420p || p == Pix::nv12; }

/// A picture of w x h somewhere on a canvas, planes from `free` on.
Surface place(Random& random, Pix pix, uint32_t w, uint32_t h, uint32_t& free) {
    Surface s;
    s.pix = pix;
    s.order = pix == Pix::yuyv ? random.below(4) : random.below(2);
    s.w = w;
    s.h = h;
    s.left = random.one_in(2) ? 0 : 2 * random.below(10);
    s.top = random.one_in(2) ? 0 : 2 * random.below(10);
    s.canvas_w = s.left + w + 2 * random.below(16);
    s.canvas_h = s.top + h + 2 * random.below(8);
    s.canvas_w += s.canvas_w % 2;
    s.canvas_h += s.canvas_h % 2;
    s.alpha = random.below(256);
    if (random.one_in(4)) {
        s.tile_mode = random.between(1, 3);
        if (s.tile_mode == 1) s.tile_width = 64U << random.below(3), s.tile_height = 1U << random.below(6);
        if (s.tile_mode == 2) s.tile_width = s.tile_height = 16;
    }
    for (uint32_t plane = 0; plane < s.planes(); ++plane) {
        s.base[plane] = free + 4 * random.below(16);
        free = s.base[plane] + s.plane_bytes(plane);
    }
    return s;
}

struct Setting {
    Surface in, out;
    test::Conversion conversion;
    uint32_t slot = 0;
};

constexpr Pix kInputs[] = {Pix::yuv420p, Pix::nv12,   Pix::yuv422p, Pix::nv16,
                           Pix::yuyv,    Pix::rgb565, Pix::rgb666,  Pix::rgb888};
constexpr Pix kOutputs[] = {Pix::yuv420p, Pix::nv12,   Pix::yuv422p, Pix::nv16,   Pix::yuyv,
                            Pix::rgb565,  Pix::rgb555, Pix::rgb444,  Pix::rgb666, Pix::rgb888};

/// A size that `pix` can have, before or after a quarter turn.
void draw_size(Random& random, Pix pix, bool turned, uint32_t& w, uint32_t& h) {
    w = random.between(8, 150);
    h = random.between(8, 120);
    if (subsampled(pix)) (turned ? h : w) &= ~1U;
    if (two_lines(pix)) (turned ? w : h) &= ~1U;
}

Setting draw(Random& random, uint32_t& free, bool from_camera) {
    Setting s;
    test::Conversion& c = s.conversion;
    const Pix in = from_camera ? Pix::yuyv : kInputs[random.below(std::size(kInputs))];
    const Pix out = kOutputs[random.below(std::size(kOutputs))];
    c.in_rgb = test::is_rgb(in);
    c.out_rgb = test::is_rgb(out);
    c.bypass = random.one_in(8);
    c.copy = c.bypass && c.in_rgb == c.out_rgb && random.flip();
    c.bt709 = random.flip(), c.wide_in = random.flip(), c.wide_out = random.flip();
    c.out_turn = random.one_in(3);
    c.in_turn = !from_camera && !c.out_turn && random.one_in(4);
    if (!from_camera) c.in_mirror_tb = random.one_in(4), c.in_mirror_lr = random.one_in(4);
    c.out_mirror_tb = random.one_in(3), c.out_mirror_lr = random.one_in(3);
    if (random.one_in(3)) c.effect = random.below(6);
    c.effect_after = random.flip();
    c.effect_cb = random.below(256), c.effect_cr = random.below(256);

    uint32_t w = 0, h = 0;
    draw_size(random, in, false, w, h);
    if (c.bypass) w &= ~1U, h &= ~1U;
    s.in = place(random, in, w, h, free);
    draw_size(random, out, c.out_turn, c.target_w, c.target_h);
    if (c.bypass) c.target_w = c.in_turn ? h : w, c.target_h = c.in_turn ? w : h;
    s.out =
        place(random, out, c.out_turn ? c.target_h : c.target_w, c.out_turn ? c.target_w : c.target_h, free);
    s.slot = random.below(32);
    return s;
}

void program_output(RegisterBank& r, const Setting& s) {
    const Surface& o = s.out;
    const test::Conversion& c = s.conversion;
    const uint32_t format = c.out_rgb ? 3 : two_lines(o.pix) ? 0 : o.pix == Pix::yuyv ? 2 : 1;
    r.write(0x48, format << 29 | uint32_t{c.in_turn} << 31 | c.target_w << 16 |
                      uint32_t{c.out_mirror_tb} << 14 | uint32_t{c.out_mirror_lr} << 15 |
                      uint32_t{c.out_turn} << 13 | c.target_h);
    const uint32_t rgb16 = o.pix == Pix::rgb555 ? 1 : o.pix == Pix::rgb444 ? 2 : 0;
    const uint32_t order = o.pix == Pix::yuyv ? o.order : o.planes() == 2 ? o.order << 24 : 0;
    r.write(0x4C, order | rgb16 << 16 | o.alpha << 4 | (o.planes() == 2 ? 8U : 0U));
    r.write(0x184, o.canvas_h << 16 | o.canvas_w);
    for (uint32_t plane = 0; plane < 3; ++plane) {
        r.write(0x168 + 4 * plane, o.top << 16 | o.left);
        const uint32_t first[] = {0x18, 0x28, 0x38}, rest[] = {0x200, 0x270, 0x2E0};
        r.write(s.slot < 4 ? first[plane] + 4 * s.slot : rest[plane] + 4 * (s.slot - 4), o.base[plane]);
    }
    r.write(0x1FC, 1U << s.slot);
}

void program_scaler(RegisterBank& r, const Setting& s, uint32_t source_w, uint32_t source_h) {
    const test::Conversion& c = s.conversion;
    const auto ratio = test::Ratios::of(source_w, source_h, c.target_w, c.target_h);
    r.write(0x50,
            (10 - ratio.factor_h - ratio.factor_v) << 28 | 1U << ratio.factor_h << 16 | 1U << ratio.factor_v);
    r.write(0x54, source_w >> ratio.factor_h << 16 | source_h >> ratio.factor_v);
    const auto rgb = [](Pix p) { return p == Pix::rgb888 ? 2U : p == Pix::rgb666 ? 1U : 0U; };
    r.write(0x58, (s.slot & 1) << 10 | uint32_t{c.bypass} << 31 | uint32_t{c.wide_in} << 28 |
                      uint32_t{c.wide_out} << 27 | ratio.main_h >> 6 << 16 | 1U << 15 | rgb(s.in.pix) << 13 |
                      rgb(s.out.pix) << 11 | uint32_t{c.copy} << 9 | ratio.main_v >> 6);
    r.write(0x188, (ratio.main_h & 0x3F) << 10 | (ratio.main_v & 0x3F));
    r.write(0x5C, c.target_w * c.target_h);
    r.write(0xD0, (c.effect ? 1U << 30 : 0U) | uint32_t{c.effect_after} << 29 | c.effect << 26 |
                      c.effect_cb << 13 | c.effect_cr);
    r.write(0x08, r.read(0x08) | uint32_t{c.bt709} << 5);
}

uint32_t tile_bits(const Surface& s, uint32_t mode_at, uint32_t h_at, uint32_t v_at) {
    uint32_t log_h = 0, log_v = 0;
    while (64U << log_h < s.tile_width) ++log_h;
    while (1U << log_v < s.tile_height) ++log_v;
    return s.tile_mode << mode_at | log_h << h_at | log_v << v_at;
}

void program_input(RegisterBank& r, const Setting& s) {
    const Surface& i = s.in;
    const test::Conversion& c = s.conversion;
    const uint32_t format = c.in_rgb ? 3 : two_lines(i.pix) ? 0 : i.pix == Pix::yuyv ? 2 : 1;
    const uint32_t orders[] = {3, 1, 2, 0};  // MSCTRL codes the orders otherwise than CIOCTRL
    r.write(0x180, i.canvas_h << 16 | i.canvas_w);
    r.write(0xF8, i.h << 16 | i.w);
    for (uint32_t plane = 0; plane < 3; ++plane) {
        r.write(0x174 + 4 * plane, i.top << 16 | i.left);
        r.write(0xD4 + 4 * plane, i.base[plane]);
    }
    r.write(0xFC, 4U << 24 | (i.planes() == 2 ? i.order << 16 | 1U << 15 : 0U) |
                      uint32_t{c.in_mirror_lr} << 14 | uint32_t{c.in_mirror_tb} << 13 | 1U << 12 |
                      (i.pix == Pix::yuyv ? orders[i.order] << 4 : 0U) | 1U << 3 | format << 1);
}

std::string describe(const Setting& s) {
    const test::Conversion& c = s.conversion;
    const auto surface = [](const Surface& f) {
        return "pix " + std::to_string(static_cast<int>(f.pix)) + " order " + std::to_string(f.order) +
               " tiles " + std::to_string(f.tile_mode) + " " + std::to_string(f.w) + "x" +
               std::to_string(f.h) + "+" + std::to_string(f.left) + "+" + std::to_string(f.top) + " of " +
               std::to_string(f.canvas_w) + "x" + std::to_string(f.canvas_h);
    };
    return surface(s.in) + " -> " + surface(s.out) + " effect " + std::to_string(c.effect) +
           (c.effect_after ? "a" : "b") + (c.bypass ? " bypass" : "") + (c.copy ? " copy" : "") +
           (c.in_turn ? " inturn" : "") + (c.out_turn ? " outturn" : "");
}

constexpr uint32_t kMemoryBytes = 1 << 20;
std::vector<uint8_t> noise() {
    std::vector<uint8_t> bytes(kMemoryBytes);
    std::mt19937 engine{1};
    for (uint8_t& b : bytes) b = static_cast<uint8_t>(engine());
    return bytes;
}

void store(const WriteList& list, std::vector<uint8_t>& memory) {
    for (const WriteList::Write& w : list.writes()) {
        REQUIRE(uint64_t{w.at.value} + w.size <= memory.size());
        std::copy_n(list.data(w).begin(), w.size, memory.begin() + w.at.value);
    }
}

void run_job(FimcCore& core, std::vector<uint8_t>& memory) {
    core.regs.write(0xC0, 1U << 31 | 1U << 30 | 1U << 25);
    core.regs.write(0xFC, core.regs.read(0xFC) | 1);
    REQUIRE(core.job_waiting());
    const FramePlan plan = core.begin_job();
    CHECK(plan.mistake == "");
    REQUIRE(plan.pipeline);
    FrameReader reader{*plan.input, [&](Iova at, std::span<uint8_t> to) {
                           REQUIRE(uint64_t{at.value} + to.size() <= memory.size());
                           std::copy_n(memory.begin() + at.value, to.size(), to.begin());
                       }};
    Pipeline pipeline{*plan.pipeline};
    WriteList writes;
    Row row;
    for (uint32_t y = 0; y < plan.input->picture().height; ++y) {
        reader.line(y, row);
        pipeline.push(row, writes);
    }
    pipeline.finish(writes);
    store(writes, memory);
    core.end_job();
    CHECK(core.irq());
    CHECK((core.regs.read(0xFC) & 1) == 0);
}

size_t first_difference(const std::vector<uint8_t>& a, const std::vector<uint8_t>& b) {
    return static_cast<size_t>(std::mismatch(a.begin(), a.end(), b.begin()).first - a.begin());
}

}  // namespace

TEST_CASE("fimc: random memory-to-memory jobs give what the formulas give", "[camera][random]") {
    Random random{std::mt19937_64{from_environment("FIMC_SEED", 5)}};
    const uint64_t count = from_environment("FIMC_CONFIGURATIONS", 150);
    const std::vector<uint8_t> before = noise();
    for (uint64_t n = 0; n < count; ++n) {
        uint32_t free = 0;
        const Setting s = draw(random, free, false);
        INFO("configuration " << n << ": " << describe(s));
        REQUIRE(free < kMemoryBytes);
        FimcCore core;
        program_input(core.regs, s);
        program_output(core.regs, s);
        const bool turn = s.conversion.in_turn;
        program_scaler(core.regs, s, turn ? s.in.h : s.in.w, turn ? s.in.w : s.in.h);
        core.regs.write(0x18C, tile_bits(s.in, 29, 24, 20) | tile_bits(s.out, 13, 8, 4));
        std::vector<uint8_t> memory = before, expected = before;
        run_job(core, memory);
        test::write_surface(s.out, test::convert(s.conversion, test::read_surface(s.in, before)), expected);
        REQUIRE(first_difference(memory, expected) == memory.size());
    }
}

TEST_CASE("fimc: random captures give what the formulas give", "[camera][random]") {
    Random random{std::mt19937_64{from_environment("FIMC_SEED", 6)}};
    const uint64_t count = from_environment("FIMC_CONFIGURATIONS", 150);
    const std::vector<uint8_t> before = noise();
    for (uint64_t n = 0; n < count; ++n) {
        uint32_t free = 0;
        Setting s = draw(random, free, true);
        // What the camera sends, four bytes a pair, as lines at the start of memory. `order`: what FIMC takes
        // them for.
        s.in.order = random.below(4);
        s.in.tile_mode = 0;
        s.in.canvas_w += s.in.canvas_w % 2;
        s.in.base[0] = 0;
        INFO("configuration " << n << ": " << describe(s));
        REQUIRE(free < kMemoryBytes);
        FimcCore core;
        const FrameSize sent{s.in.canvas_w, s.in.canvas_h};
        core.regs.write(0x00, 1U << 31 | sent.width << 16 | s.in.order << 14 | sent.height);
        core.regs.write(0x04, 1U << 31 | s.in.left << 16 | s.in.top);
        core.regs.write(0x14, (sent.width - s.in.left - s.in.w) << 16 | (sent.height - s.in.top - s.in.h));
        program_output(core.regs, s);
        program_scaler(core.regs, s, s.in.w, s.in.h);
        core.regs.write(0x18C, tile_bits(s.out, 13, 8, 4));
        core.regs.write(0xC0, 1U << 31 | 1U << 30 | 1U << 25);
        const FrameDecision decision = core.begin_frame(sent);
        CHECK(decision.mistake == "");
        REQUIRE(decision);
        std::vector<uint8_t> memory = before, expected = before;
        Pipeline pipeline{*decision.pipeline};
        WriteList writes;
        Row row;
        std::vector<uint8_t> y(sent.width), cb(sent.width / 2), cr(sent.width / 2);
        for (uint32_t line = 0; line < s.in.h; ++line) {
            for (uint32_t x = 0; x < sent.width; ++x)
                y[x] = before[(decision.crop_top + line) * sent.width * 2 + 2 * x];
            for (uint32_t x = 0; x < sent.width / 2; ++x) {
                cb[x] = before[(decision.crop_top + line) * sent.width * 2 + 4 * x + 1];
                cr[x] = before[(decision.crop_top + line) * sent.width * 2 + 4 * x + 3];
            }
            from_422({y, cb, cr}, decision.crop_left, s.in.w, row, decision.order);
            pipeline.push(row, writes);
        }
        pipeline.finish(writes);
        store(writes, memory);
        test::write_surface(s.out, test::convert(s.conversion, test::read_surface(s.in, before)), expected);
        REQUIRE(first_difference(memory, expected) == memory.size());
    }
}
