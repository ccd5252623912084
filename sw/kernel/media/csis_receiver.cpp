#include "media/csis_receiver.hpp"

namespace kernel {

namespace {

constexpr uint32_t kControl = 0x00, kPhyControl = 0x04, kConfig = 0x08, kMask = 0x10, kSource = 0x14,
                   kResolution = 0x2C;
constexpr uint32_t kUpdateShadow = 1 << 16, kReset = 1 << 4, kEnable = 1 << 0;
constexpr uint32_t kSettleShift = 27, kUsualSettle = 12;  // samsung,csis-hs-settle of Linux's boards
constexpr uint32_t kErrors = 0xF03F;

}  // namespace

void CsisReceiver::start(uint32_t width, uint32_t height, uint32_t data_type, uint32_t lanes) const {
    regs_.write32(kControl, kReset);
    regs_.write32(kPhyControl, kUsualSettle << kSettleShift | ((1U << (lanes + 1)) - 1));  // clock and lanes
    regs_.write32(kConfig, data_type << 2 | (lanes - 1));
    regs_.write32(kResolution, width << 16 | height);
    regs_.write32(kControl, kUpdateShadow);
    (void)take_errors();
    regs_.write32(kMask, kErrors);
    regs_.update32(kControl, kEnable, kEnable);
}

void CsisReceiver::stop() const {
    regs_.write32(kMask, 0);
    regs_.update32(kControl, kEnable, 0);
    regs_.write32(kPhyControl, 0);
}

uint32_t CsisReceiver::take_errors() const {
    const uint32_t source = regs_.read32(kSource);
    regs_.write32(kSource, source);
    return source & kErrors;
}

}  // namespace kernel
