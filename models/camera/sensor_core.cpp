#include "models/camera/sensor_core.hpp"

namespace exysim::camera {

namespace {
constexpr uint32_t kFrameTimeUnitsPerSecond = 10'000;
constexpr uint32_t kDefaultRate = 30, kFastest = 120;

uint16_t value_at(const auto& map, auto key) {
    const auto found = map.find(key);
    return found == map.end() ? uint16_t{0} : found->second;
}
}  // namespace

SensorCore::SensorCore() {
    paged_[window(kCommandPage, kApiVersion)] = 1;
    paged_[window(kCommandPage, kRevision)] = 1;
}

uint16_t SensorCore::command(uint16_t address) const {
    return value_at(paged_, window(kCommandPage, address));
}

uint32_t SensorCore::frames_per_second() const {
    const uint32_t time = command(kMaxFrameTime);
    if (time == 0) return kDefaultRate;
    const uint32_t rate = (kFrameTimeUnitsPerSecond + time / 2) / time;
    return rate == 0 ? 1 : rate > kFastest ? kFastest : rate;
}

bool SensorCore::start(bool read) {
    if (!read) bytes_ = 0;
    low_next_ = false;
    return true;
}

bool SensorCore::write(uint8_t byte) {
    if (bytes_ % 2 == 0) {
        high_ = byte;
    } else {
        const auto word = static_cast<uint16_t>(high_ << 8 | byte);
        if (bytes_ == 1) {
            address_ = word;
        } else {
            write_word(word);
        }
    }
    ++bytes_;
    return true;
}

void SensorCore::write_word(uint16_t value) {
    if (address_ != kData) {
        direct_[address_] = value;
        return;
    }
    const uint16_t page = value_at(direct_, kWritePage);
    uint16_t& at = direct_[kWriteAddress];
    paged_[window(page, at)] = value;
    const bool stream = page == kCommandPage && at == kEnablePreviewChanged && value == 1;
    at = static_cast<uint16_t>(at + 2);
    if (stream) stream_changed(command(kEnablePreview) == 1);
}

uint8_t SensorCore::read() {
    if (!low_next_) word_ = read_word();
    const auto byte = static_cast<uint8_t>(low_next_ ? word_ : word_ >> 8);
    low_next_ = !low_next_;
    return byte;
}

uint16_t SensorCore::read_word() {
    if (address_ != kData) return value_at(direct_, address_);
    const uint16_t page = value_at(direct_, kReadPage);
    uint16_t& at = direct_[kReadAddress];
    const uint16_t value = value_at(paged_, window(page, at));
    at = static_cast<uint16_t>(at + 2);
    return value;
}

}  // namespace exysim::camera
