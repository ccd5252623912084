// DMA of the media blocks that leaves its buffer, on the whole board: the SysMMU in front of the block stops
// it at the first page that is not mapped, says where and raises its line at the combiner; not a byte of
// memory outside the buffer changes, and a reset of the block ends the wait. Expectations: hardware/sysmmu.md
// sections 2 and 5, hardware/memory-map.md section 6.
#include <catch2/catch.hpp>
#include <cstring>

#include "models/camera/fimc_lite_core.hpp"
#include "models/camera/fimc_registers.hpp"
#include "tests/system/board/device_bench.hpp"

using namespace exysim;
using namespace exysim::board;
namespace fimc = exysim::camera::fimc;
using sc_core::sc_time;

namespace {

constexpr uint32_t kPage = 4096;
constexpr uint32_t kTable = 0x4000'4000, kSecondLevel = 0x4000'8000;  // one second level: iovas below 1 MiB
constexpr uint32_t kPixels = 0x4010'0000, kBuffer = 0x4030'0000;      // what is read, what is written
constexpr uint32_t kInput = 0x1'0000, kOutput = 0x8'0000;             // their iovas
// SysMMU registers
constexpr uint32_t kControl = 0x000, kConfig = 0x004, kFlush = 0x00C, kTableBase = 0x014, kStatus = 0x018,
                   kFaultAddress = 0x024;
constexpr uint32_t kPageFault = 1;

config::Platform platform() {
    return test::device_platform("exynos4210", {"fimc0", "mixer0", "fimd0"}, test::DmaPath::sysmmu);
}
config::Platform platform_4412() {
    return test::device_platform("exynos4412", {"fimc_lite0"}, test::DmaPath::sysmmu);
}

struct Bench : test::DeviceBench {
    std::vector<uint8_t> before;

    explicit Bench(config::Platform made = platform()) : DeviceBench{std::move(made)} {
        const auto ram = machine.memory(machine.ram_range());
        for (size_t i = 0; i < ram.size(); ++i) ram[i] = static_cast<uint8_t>(i * 7 + i / kPage);
        std::fill_n(&ram[kTable - kRamBase.value], 0x8000, 0);
        put(kTable, kSecondLevel | 1);
    }
    void put(uint32_t at, uint32_t word) { std::memcpy(machine.memory({PhysAddr{at}, 4}).data(), &word, 4); }
    void map(uint32_t iova, uint32_t at, uint32_t pages) {
        for (uint32_t n = 0; n < pages; ++n)
            put(kSecondLevel + (iova / kPage + n) * 4, (at + n * kPage) | 0x12);
    }
    /// Translation on; what memory holds now is what must stay.
    void enable(const char* mmu) {
        write(mmu, kConfig, 0x785);
        write(mmu, kTableBase, kTable);
        write(mmu, kFlush, 1);
        write(mmu, kControl, 5);
        const auto ram = machine.memory(machine.ram_range());
        before.assign(ram.begin(), ram.end());
    }
    static void run_us(double us) { test::run(sc_time(us, sc_core::SC_US)); }

    /// Whether memory outside the `pages` pages at `at` is as it was.
    bool unharmed_outside(uint32_t at, uint32_t pages) {
        const auto ram = machine.memory(machine.ram_range());
        const size_t first = at - kRamBase.value, behind = first + pages * kPage;
        return std::equal(before.begin(), before.begin() + static_cast<ptrdiff_t>(first), ram.begin()) &&
               std::equal(before.begin() + static_cast<ptrdiff_t>(behind), before.end(),
                          ram.begin() + static_cast<ptrdiff_t>(behind));
    }
    bool unharmed() { return unharmed_outside(kRamBase.value, 0); }
    bool fault_line(const char* mmu) {
        const CombinerLine line = combiner_line_of(mmu);
        const uint32_t raw = read("combiner", line.group / 4 * 0x10 + 0x8);
        return (raw >> (8 * (line.group % 4) + line.bit) & 1) != 0;
    }
    double statistic(const char* name) { return machine.statistics.all().at(name).value(); }
};

constexpr uint32_t kWidth = 128, kHeight = 96, kLuma = kWidth * kHeight;  // three pages of luma

/// NV12 to NV12 of the same size, as Linux's driver programs it.
void set_up_job(Bench& b) {
    const auto write = [&](uint32_t reg, uint32_t value) { b.write("fimc0", reg, value); };
    write(fimc::kCifcntseq, 0xF);
    for (const uint32_t reg : {fimc::kOrgisize, fimc::kCirealIsize, fimc::kOrgosize})
        write(reg, kHeight << 16 | kWidth);
    write(fimc::kCiiysa0, kInput);
    write(fimc::kCiiysa0 + 4, kInput + kLuma);
    write(fimc::kMsctrl, 4U << 24 | 1U << 15 | 1U << 12 | 1U << 3);
    write(fimc::kCiscpreratio, 10U << 28 | 1U << 16 | 1);
    write(fimc::kCiscpredst, kWidth << 16 | kHeight);
    write(fimc::kCiscctrl, 3U << 29 | 256U << 16 | 1U << 15 | 256);
    write(fimc::kCitrgfmt, kWidth << 16 | kHeight);
    write(fimc::kCioctrl, 1U << 3);
    for (uint32_t slot = 0; slot < 4; ++slot) {
        write(fimc::kCioysa + 4 * slot, kOutput);
        write(fimc::kCiocbsa + 4 * slot, kOutput + kLuma);
    }
    write(fimc::kCiimgcpt, 3U << 30 | 1U << 25);
}

void start_job(Bench& b) { b.write("fimc0", fimc::kMsctrl, b.read("fimc0", fimc::kMsctrl) | 1); }

void start_hdmi_480p(Bench& b) {
    constexpr uint32_t kHFsz = 0x5'0018, kHact = 0x5'0028, kVFsz = 0x5'0030, kVactStart = 0x5'0048,
                       kVact = 0x5'0050;
    const auto slots = [&](uint32_t reg, uint32_t value) {
        b.write("hdmi", reg, value & 0xFF);
        b.write("hdmi", reg + 4, value >> 8);
    };
    slots(kHFsz, 858), slots(kVFsz, 525), slots(kHact, 720), slots(kVact, 480), slots(kVactStart, 45);
    b.write("hdmi", 0x1'0000, 1);
    b.write("hdmi", 0x5'0000, 1);
}

/// The video layer shows a 720x480 NV12 picture.
void start_video_layer(Bench& b) {
    using display::VpCore;
    const auto vp = [&](uint32_t reg, uint32_t value) { b.write("vp", reg, value); };
    vp(VpCore::kImgSizeY, 720 << 16 | 480);
    vp(VpCore::kImgSizeC, 720 << 16 | 240);
    vp(VpCore::kTopYPtr, kInput);
    vp(VpCore::kTopCPtr, kInput + 720 * 480);
    for (const uint32_t reg : {VpCore::kSrcWidthReg, VpCore::kDstWidthReg}) vp(reg, 720);
    for (const uint32_t reg : {VpCore::kSrcHeightReg, VpCore::kDstHeightReg}) vp(reg, 480);
    vp(VpCore::kHRatioReg, 1U << 16);
    vp(VpCore::kVRatioReg, 1U << 16);
    vp(0x3CC, 1);
    vp(VpCore::kEnable, 1);
    vp(VpCore::kShadowUpdate, 1);
    b.write("mixer0", display::MixerCore::kCfg, 1U << 8 | 1U << 7 | 1U << 3);
    b.write("mixer0", display::MixerCore::kLayerCfg, 1);
    b.write("mixer0", display::MixerCore::kStatus, 1U << 2 | 1);
}

/// A graphics layer shows 720x480 XRGB8888 from `kInput`, over a green background.
void start_graphics_layer(Bench& b, uint32_t layer) {
    using display::MixerCore;
    const uint32_t at = 0x020 + 0x20 * layer;
    const auto mixer = [&](uint32_t reg, uint32_t value) { b.write("mixer0", reg, value); };
    mixer(at, 1U << 21 | 7U << 8);
    mixer(at + 0x04, kInput);
    mixer(at + 0x08, 720);
    mixer(at + 0x10, 720U << 16 | 480);
    for (uint32_t reg = 0x064; reg <= 0x06C; reg += 4) mixer(reg, 145U << 16 | 54U << 8 | 34);  // green
    mixer(MixerCore::kCfg, 1U << 8 | 1U << 7 | 1U << (4 + layer));
    mixer(MixerCore::kLayerCfg, 1U << (4 + 4 * layer));
    mixer(MixerCore::kIntEn, 7U << 8);
    mixer(MixerCore::kStatus, 1U << 2 | 1);
}

/// Ten pages are there: lines 0 to 13 and 160 pixels of line 14, whose bursts the fault may overtake. The
/// rest of the first picture is background.
void check_graphics_layer(uint32_t layer) {
    Bench b;
    constexpr uint32_t kPages = 10, kLine = 720 * 4, kThere = kPages * kPage;
    b.map(kInput, kPixels, kPages);
    b.enable("sysmmu_tv");
    bool inside = true;
    b.machine.mmus.at("mixer0")->translated.attach([&](const iommu::Translated& t) {
        inside = inside && t.direction == iommu::Direction::read && t.address.value >= kPixels &&
                 t.address.value + t.size <= kPixels + kThere;
    });
    std::vector<uint8_t> first;
    b.machine.display->mixer.frame.attach([&](const DisplayFrame& f) {
        if (first.empty()) first.assign(f.rgb, f.rgb + size_t{f.width} * f.height * 3);
    });
    start_graphics_layer(b, layer);
    start_hdmi_480p(b);
    b.run_us(40'000);
    CHECK(b.fault_line("sysmmu_tv"));
    CHECK(b.read("sysmmu_tv", kStatus) == kPageFault);
    CHECK(b.read("sysmmu_tv", kFaultAddress) == kInput + kThere);
    CHECK((b.read("mixer0", display::MixerCore::kIntStatus) >> 8 & 7) == 1U << layer);
    CHECK(b.unharmed());
    CHECK(inside);
    REQUIRE(first.size() == 720 * 480 * 3);
    uint32_t wrong = 0;
    for (uint32_t pixel = 0; pixel < 720 * 480; ++pixel) {
        const uint8_t *shown = &first[pixel * 3], *stored = &b.before[kPixels - kRamBase.value + pixel * 4];
        if (pixel / 720 == 14 && pixel % 720 < 160) continue;
        const bool here = pixel * 4 < kThere;
        const bool background = shown[0] < 2 && shown[1] > 253 && shown[2] < 2;
        const bool picture = shown[0] == stored[2] && shown[1] == stored[1] && shown[2] == stored[0];
        wrong += here ? !picture : !background;
    }
    CHECK(wrong == 0);
    static_assert(kThere / kLine == 14 && kThere % kLine == 160 * 4);
}

/// Window 0 shows a 64x32 XRGB8888 picture: two pages. A line of 100 pixels at 16 MHz takes 6.25 us.
void start_window(Bench& b) {
    using display::FimdCore;
    const auto fimd = [&](uint32_t reg, uint32_t value) { b.write("fimd0", reg, value); };
    fimd(FimdCore::kVidtcon0, 5U << 16 | 9 << 8 | 1);
    fimd(FimdCore::kVidtcon1, 15U << 16 | 15 << 8 | 3);
    fimd(FimdCore::kVidtcon2, 31 << 11 | 63);
    fimd(FimdCore::kWincon, 11U << 2 | 1U << 15 | 1);
    fimd(FimdCore::kVidosd + 4, 63 << 11 | 31);
    fimd(FimdCore::kVidosd + 8, 0xFFF000);
    fimd(FimdCore::kBufStart, kInput);
    fimd(FimdCore::kBufSize, 64 * 4);
    fimd(FimdCore::kShadowcon, 1);
    fimd(FimdCore::kVidcon0, 9U << 6 | 1U << 4 | 3);
}

}  // namespace

TEST_CASE("dma faults: a FIMC job that leaves its output buffer", "[board]") {
    Bench b;
    b.map(kInput, kPixels, 5);
    b.map(kOutput, kBuffer, 2);  // a page less than the luma plane
    b.map(kOutput + kLuma, kBuffer + 0x1'0000, 2);
    b.enable("sysmmu_fimc0");
    set_up_job(b);
    start_job(b);
    b.run_us(1000);
    CHECK(b.fault_line("sysmmu_fimc0"));
    CHECK(b.read("sysmmu_fimc0", kStatus) == kPageFault);
    CHECK(b.read("sysmmu_fimc0", kFaultAddress) == kOutput + 2 * kPage);
    CHECK((b.read("fimc0", fimc::kMsctrl) & 1) == 1);  // it waits
    const uint8_t* luma = b.machine.memory({PhysAddr{kPixels}, kLuma}).data();
    CHECK(std::equal(luma, luma + 2 * kPage, b.machine.memory({PhysAddr{kBuffer}, kLuma}).data()));
    // The first chroma lines may be in memory already: they come between luma's.
    for (const uint32_t at : {kBuffer + 0x1'0000, kBuffer + 0x1'1000})
        std::copy_n(&b.before[at - kRamBase.value], kPage, b.machine.memory({PhysAddr{at}, kPage}).data());
    CHECK(b.unharmed_outside(kBuffer, 2));
    // Software resets the engine, then the fault, maps the page and tries again.
    b.write("fimc0", fimc::kCigctrl, 1U << 31);
    b.write("fimc0", fimc::kCigctrl, 1U << 29 | 1U << 16);
    b.map(kOutput, kBuffer, 3);
    b.write("sysmmu_fimc0", 0x01C, kPageFault);
    b.write("sysmmu_fimc0", kControl, 5);
    b.write("sysmmu_fimc0", kFlush, 1);
    test::settle();
    CHECK_FALSE(b.fault_line("sysmmu_fimc0"));
    set_up_job(b);
    start_job(b);
    b.run_us(1000);
    CHECK((b.read("fimc0", fimc::kMsctrl) & 1) == 0);
    CHECK(std::equal(luma, luma + kLuma, b.machine.memory({PhysAddr{kBuffer}, kLuma}).data()));
}

TEST_CASE("dma faults: a FIMC job that reads behind its input buffer", "[board]") {
    Bench b;
    b.map(kInput, kPixels, 2);
    b.map(kInput + kLuma, kPixels + kLuma, 2);
    b.map(kOutput, kBuffer, 5);
    b.enable("sysmmu_fimc0");
    set_up_job(b);
    start_job(b);
    b.run_us(1000);
    CHECK(b.read("sysmmu_fimc0", kFaultAddress) == kInput + 2 * kPage);
    CHECK(b.unharmed_outside(kBuffer, 5));
    b.write("fimc0", fimc::kCigctrl, 1U << 31);  // lets go of the request that waits,
    b.write("sysmmu_fimc0", 0x01C, kPageFault);
    b.write("sysmmu_fimc0", kControl, 0);  // and of what the job asks for until it sees the reset
    b.run_us(100);
    CHECK((b.read("fimc0", fimc::kMsctrl) & 1) == 0);
}

TEST_CASE("dma faults: a capture that leaves its buffer overflows and harms nobody", "[board]") {
    Bench b;
    constexpr uint32_t kPages = 20;  // of 225
    b.map(kOutput, kBuffer, kPages);
    b.enable("sysmmu_fimc0");
    const auto write = [&](uint32_t reg, uint32_t value) { b.write("fimc0", reg, value); };
    write(fimc::kCifcntseq, 0xF);
    write(fimc::kCisrcfmt, 1U << 31 | 1280U << 16 | 720);
    write(fimc::kCitrgfmt, 3U << 29 | 640U << 16 | 360);  // RGB565: one plane
    write(fimc::kOrgosize, 360U << 16 | 640);
    write(fimc::kCiscpreratio, 8U << 28 | 2U << 16 | 2);
    write(fimc::kCiscpredst, 640U << 16 | 360);
    write(fimc::kCiscctrl, 256U << 16 | 1U << 15 | 256);
    for (uint32_t slot = 0; slot < 4; ++slot) write(fimc::kCioysa + 4 * slot, kOutput);
    write(fimc::kCiimgcpt, 3U << 30);
    b.machine.sensor0->core().stream_changed(true);
    b.run_us(50'000);
    CHECK(b.fault_line("sysmmu_fimc0"));
    CHECK(b.read("sysmmu_fimc0", kFaultAddress) == kOutput + kPages * kPage);
    CHECK((b.read("fimc0", fimc::kCistatus) >> 29 & 4) == 4);  // OVFIY
    CHECK(b.statistic("fimc0.overflows") >= 1);
    CHECK(b.unharmed_outside(kBuffer, kPages));
}

TEST_CASE("dma faults: a scan-out that leaves its picture is an underflow and changes no memory", "[board]") {
    Bench b;
    constexpr uint32_t kPages = 10;  // 56 of 480 lines
    b.map(kInput, kPixels, kPages);
    b.map((kInput + 720 * 480) / kPage * kPage, kPixels + 0x8'0000, 43);
    b.enable("sysmmu_tv");
    start_video_layer(b);
    start_hdmi_480p(b);
    b.run_us(40'000);  // two frames and more
    CHECK(b.fault_line("sysmmu_tv"));
    CHECK(b.read("sysmmu_tv", kStatus) == kPageFault);
    CHECK(b.read("sysmmu_tv", kFaultAddress) == kInput + kPages * kPage);
    CHECK(b.statistic("mixer0.underflows") >= 1);
    CHECK(b.unharmed());
}

TEST_CASE("dma faults: graphics layer 0 behind its picture shows the background and reads nothing else",
          "[board]") {
    check_graphics_layer(0);
}

TEST_CASE("dma faults: graphics layer 1 behind its picture shows the background and reads nothing else",
          "[board]") {
    check_graphics_layer(1);
}

TEST_CASE("dma faults: a panel's window behind its picture is an underflow and changes no memory",
          "[board]") {
    Bench b;
    b.map(kInput, kPixels, 1);
    b.enable("sysmmu_fimd0");
    start_window(b);
    b.run_us(1000);
    CHECK(b.fault_line("sysmmu_fimd0"));
    CHECK(b.read("sysmmu_fimd0", kStatus) == kPageFault);
    CHECK(b.read("sysmmu_fimd0", kFaultAddress) == kInput + kPage);
    CHECK(b.statistic("fimd0.underflows") >= 1);
    CHECK(b.unharmed());
}

TEST_CASE("dma faults: a memory copy by MDMA1 that leaves its buffer", "[board]") {
    Bench b;
    // 16 beats of 4 bytes at a time, 80 times: 5120 bytes, of which a page may be written.
    const std::vector<uint8_t> program{
        0xBC, 1,      0xF5, 0x41, 0x3D, 0, 0xBC, 0,  0, 0, 1,    0,  // MOV CCR; MOV SAR kInput
        0xBC, 2,      0,    0,    8,    0, 0x20, 79, 4, 8, 0x38, 2,  // MOV DAR kOutput; LP 80 {LD; ST}
        0x34, 3 << 3, 0};                                            // SEV 3; END
    constexpr uint32_t kProgram = 0x3'0000, kProgramAt = 0x4050'0000;
    b.map(kInput, kPixels, 2);
    b.map(kOutput, kBuffer, 1);
    b.map(kProgram, kProgramAt, 1);
    std::copy(program.begin(), program.end(), b.machine.memory({PhysAddr{kProgramAt}, 64}).data());
    b.enable("sysmmu_mdma1");
    b.write("mdma1", 0x020, 1U << 3);
    const auto go = [&] {
        b.write("mdma1", 0xD08, 0xA0U << 16);
        b.write("mdma1", 0xD0C, kProgram);
        b.write("mdma1", 0xD04, 0);
    };
    go();
    b.run_us(1000);
    CHECK(b.fault_line("sysmmu_mdma1"));
    CHECK(b.read("sysmmu_mdma1", kStatus) == kPageFault);
    CHECK(b.read("sysmmu_mdma1", kFaultAddress) == kOutput + kPage);
    CHECK(b.unharmed_outside(kBuffer, 1));
    const uint8_t* from = b.machine.memory({PhysAddr{kPixels}, 2 * kPage}).data();
    CHECK(std::equal(from, from + kPage, b.machine.memory({PhysAddr{kBuffer}, kPage}).data()));
    // Software kills the channel, maps the page and copies again.
    b.write("mdma1", 0xD08, 0x01U << 16 | 1);
    b.write("mdma1", 0xD04, 0);
    b.map(kOutput, kBuffer, 2);
    b.write("sysmmu_mdma1", 0x01C, kPageFault);
    b.write("sysmmu_mdma1", kFlush, 1);
    b.write("sysmmu_mdma1", kControl, 5);
    b.run_us(10);
    go();
    b.run_us(1000);
    CHECK_FALSE(b.fault_line("sysmmu_mdma1"));
    CHECK((b.read("mdma1", 0x028) & 1U << 3) != 0);
    CHECK(std::equal(from, from + 5120, b.machine.memory({PhysAddr{kBuffer}, 5120}).data()));
}

TEST_CASE("dma faults: a FIMC-LITE capture that leaves its buffer overflows and harms nobody", "[board]") {
    Bench b{platform_4412()};
    using Lite = camera::FimcLiteCore;
    constexpr uint32_t kPages = 20;  // of 450
    b.map(kOutput, kBuffer, kPages);
    b.enable("sysmmu_fimc_lite0");
    const auto write = [&](uint32_t reg, uint32_t value) { b.write("fimc_lite0", reg, value); };
    write(Lite::kCisrcsize, 1280U << 16 | 720);
    write(Lite::kCigctrl, 0x1EU << 24);
    write(Lite::kCiwdofst, 1U << 31);
    write(Lite::kCiocan, 720U << 16 | 1280);
    write(Lite::kCiosa, kOutput);
    write(Lite::kCifcntseq, 1);
    write(Lite::kCiimgcpt, 1U << 31);
    b.machine.sensor0->core().stream_changed(true);
    b.run_us(50'000);
    CHECK(b.fault_line("sysmmu_fimc_lite0"));
    CHECK(b.read("sysmmu_fimc_lite0", kStatus) == kPageFault);
    CHECK(b.read("sysmmu_fimc_lite0", kFaultAddress) == kOutput + kPages * kPage);
    CHECK((b.read("fimc_lite0", Lite::kCistatus) >> 7 & 1) == 1);
    CHECK(b.statistic("fimc_lite0.overflows") >= 1);
    CHECK(b.unharmed_outside(kBuffer, kPages));
    CHECK((b.read("gic_dist", 0x210) >> 9 & 1) == 1);  // pending: 32 + SPI 105
}
