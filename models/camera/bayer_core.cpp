#include "models/camera/bayer_core.hpp"

#include <algorithm>

namespace exysim::camera {

namespace {
constexpr uint16_t kLongestRegister = 0x7FFF;  // what lies above is not decoded
struct Reset {
    uint16_t address, value;
};
// Assumed where Linux writes the register before its first use.
constexpr Reset kResets[] = {
    {BayerCore::kChipId, BayerCore::kChip},
    {BayerCore::kFrameLength, 1763},
    {BayerCore::kLineLength, 3448},
    {BayerCore::kWidth, 3280},
    {BayerCore::kHeight, 2464},
    {BayerCore::kDataFormat, 0x0A0A},
    {BayerCore::kTestRed, 0x3FF},
    {0x015A, 0x0640},
    {0x0158, 0x0100},
};
}  // namespace

BayerCore::BayerCore() { reset(); }

void BayerCore::reset() {
    registers_.clear();
    for (const Reset& r : kResets) {
        registers_[r.address] = static_cast<uint8_t>(r.value >> 8);
        registers_[static_cast<uint16_t>(r.address + 1)] = static_cast<uint8_t>(r.value);
    }
    registers_[kLaneMode] = 3;
}

uint8_t BayerCore::get(uint16_t address) const {
    const auto found = registers_.find(address);
    return found == registers_.end() ? uint8_t{0} : found->second;
}

uint64_t BayerCore::line_pixels() const { return std::max<uint64_t>({word(kLineLength), size().width, 1}); }
uint64_t BayerCore::frame_lines() const { return std::max<uint64_t>(word(kFrameLength), size().height + 1); }

BayerCore::Pattern BayerCore::pattern() const {
    const uint16_t kind = word(kTestPattern);
    return kind > 4 ? Pattern::none : static_cast<Pattern>(kind);
}

bool BayerCore::start(bool read) {
    if (!read) bytes_ = 0;
    return true;
}

bool BayerCore::write(uint8_t byte) {
    if (bytes_ < 2) {
        address_ = static_cast<uint16_t>(bytes_ == 0 ? byte << 8 : address_ | byte);
    } else {
        store(address_++, byte);
    }
    ++bytes_;
    return true;
}

void BayerCore::store(uint16_t address, uint8_t value) {
    if (address > kLongestRegister || address < 2) return;  // the chip's number cannot be written
    const bool was = streaming();
    registers_[address] = value;
    if (address == kSoftReset && (value & 1)) reset();
    if (streaming() != was) stream_changed(!was);
}

}  // namespace exysim::camera
