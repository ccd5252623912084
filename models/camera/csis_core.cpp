#include "models/camera/csis_core.hpp"

#include <algorithm>

namespace exysim::camera {

CsisCore::CsisCore(uint32_t max_lanes) : max_lanes_{max_lanes} {
    regs.on_write(kCtrl, [this](uint32_t written) {
        if (written & kReset.mask()) {
            const uint32_t enable = regs.get(kEnable);
            power_off();
            regs.set(kEnable, enable);  // written by the same access
        }
        if (written & kUpdate.mask())
            shadow_ = {regs.get(kDataType), regs.get(kLanes) + 1, {regs.get(kWidth), regs.get(kHeight)}};
    });
}

void CsisCore::power_off() {
    regs.reset();
    shadow_ = {};
    on_ = passing_ = false;
}

bool CsisCore::begin_frame(const SentFormat& sent, bool powered, std::string_view& mistake) {
    const uint32_t lanes = std::min(shadow_.lanes, max_lanes_);
    const uint32_t wanted = (2U << lanes) - 1;      // clock and data lanes
    if (passing_ && powered) regs.raise(kLostEnd);  // of the frame before
    passing_ = false;
    on_ = powered && regs.get(kEnable) != 0;
    if (!on_) return false;
    ++frames_;
    if ((regs.get(kDphyOn) & wanted) != wanted || lanes != sent.lanes) {
        regs.set(kSotError, regs.get(kSotError) | ((1U << lanes) - 1) | ((1U << sent.lanes) - 1));
        mistake = "the number of lanes is not the camera's, or their D-PHY is off";
        return false;
    }
    if (shadow_.data_type != sent.data_type) {
        regs.raise(kUnknown);
        mistake = "the data format is not what the camera sends";
        return false;
    }
    if (shadow_.size != sent.size) mistake = "the resolution is not what the camera sends";
    passing_ = true;
    return true;
}

void CsisCore::see_line() {
    if (on_ || regs.get(kEnable) == 0) return;
    on_ = true;
    regs.raise(kLostStart);
}

/// A frame whose receiver was switched off and on under way ends without a start.
void CsisCore::end_frame() { on_ = passing_ = false; }

void CsisCore::embedded(std::span<const uint8_t> bytes) {
    if (!on_) return;
    const bool odd = frames_ % 2 == 1;
    const Field& buffer = odd ? kOddData : kEvenData;
    for (uint32_t word = 0; word < kPacketWords && size_t{word} * 4 < bytes.size(); ++word) {
        uint32_t value = 0;
        for (uint32_t i = 0; i < 4 && size_t{word} * 4 + i < bytes.size(); ++i)
            value |= uint32_t{bytes[size_t{word} * 4 + i]} << (8 * i);
        regs.set(buffer, value, word);
    }
    regs.raise(odd ? kOddBefore : kEvenBefore);
}

}  // namespace exysim::camera
