#include "dma/test_engine.hpp"

#include "arch/cache.hpp"
#include "core/mistake.hpp"
#include "core/time.hpp"
#include "driver/device.hpp"
#include "driver/power.hpp"

namespace kernel {

namespace {

// clang-format off
enum Reg : uint32_t {
    kSoftReset = 0x000, kInterruptEnable = 0x004, kInterruptPending = 0x00C, kCacheControl = 0x018,
    kStart = 0x100, kCommand = 0x104,
    kSourceSelect = 0x300, kSourceBase = 0x304, kSourceStride = 0x308, kSourceColorMode = 0x30C,
    kSourceLeftTop = 0x310, kSourceRightBottom = 0x314,
    kDestinationSelect = 0x400, kDestinationBase = 0x404, kDestinationStride = 0x408, kDestinationColorMode = 0x40C,
    kDestinationLeftTop = 0x410, kDestinationRightBottom = 0x414,
    kRop4 = 0x614,
};
// clang-format on
constexpr uint32_t kMemory = 0;           // *_SELECT
constexpr uint32_t kArgb8888 = 1;         // *_COLOR_MODE
constexpr uint32_t kCopySource = 0xCCCC;  // ROP4
constexpr uint32_t kClearBuffers = 7;     // CACHECTL: mask, source and pattern buffers
constexpr uint32_t kFinished = 1;         // INTC_PEND
constexpr uint32_t kMostRows = 8000;      // of a picture
constexpr uint32_t kPatienceUs = 1'000'000;

Mmio mapped;  // there is one G2D, mapped on first use

}  // namespace

Result<TestEngine> TestEngine::of(Node node) {
    if (!node.compatible("samsung,s5pv210-g2d")) return Errno::kNoDev;
    TRY(power_on(node));
    Device device;
    device.node = node;
    if (!mapped) mapped = TRY(device.map());
    return TestEngine{mapped};
}

void TestEngine::set_destination(Iova to, uint32_t rows) const {
    reset();
    regs_.write32(kInterruptEnable, 0);
    regs_.write32(kDestinationSelect, kMemory);
    regs_.write32(kDestinationBase, to.value);
    regs_.write32(kDestinationStride, kRowBytes);
    regs_.write32(kDestinationColorMode, kArgb8888);
    regs_.write32(kDestinationLeftTop, 0);
    regs_.write32(kDestinationRightBottom, rows << 16 | kRowPixels);
    regs_.write32(kRop4, kCopySource);
}

void TestEngine::reset() const { regs_.write32(kSoftReset, 1); }

Result<> TestEngine::run(const volatile bool& given_up) const {
    regs_.write32(kCommand, 0);
    regs_.write32(kCacheControl, kClearBuffers);
    if (!makes(Mistake::skip_wmb)) wmb();
    regs_.write32(kStart, 1);
    for (uint32_t us = 0; !(regs_.read32(kInterruptPending) & kFinished); ++us) {
        if (given_up) return Errno::kIo;
        if (us == kPatienceUs) return Errno::kTimedOut;
        udelay(1);
    }
    regs_.write32(kInterruptPending, kFinished);
    return Ok{};
}

Result<> TestEngine::copy(Iova from, Iova to, uint32_t bytes, const volatile bool& given_up) const {
    const uint32_t rows = bytes / kRowBytes;
    if (rows == 0 || rows > kMostRows || bytes % kRowBytes) return Errno::kInval;
    set_destination(to, rows);
    regs_.write32(kSourceSelect, kMemory);
    regs_.write32(kSourceBase, from.value);
    regs_.write32(kSourceStride, kRowBytes);
    regs_.write32(kSourceColorMode, kArgb8888);
    regs_.write32(kSourceLeftTop, 0);
    regs_.write32(kSourceRightBottom, rows << 16 | kRowPixels);
    return run(given_up);
}

}  // namespace kernel
