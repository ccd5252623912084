#include "media/camera_source.hpp"

namespace kernel {

namespace {
uint32_t within(uint32_t v, uint32_t low, uint32_t high) { return v < low ? low : v > high ? high : v; }
}  // namespace

Result<uint32_t> CameraSensor::code_at(uint32_t, uint32_t index) const { return code_number(index); }

bool CameraSensor::knows(uint32_t code) const {
    for (uint32_t i = 0;; ++i) {
        auto each = code_number(i);
        if (!each) return false;
        if (each.value() == code) return true;
    }
}

Result<PadSizes> CameraSensor::sizes(uint32_t, uint32_t code) const {
    if (!knows(code)) return Errno::kInval;
    return sizes_;
}

v4l2_mbus_framefmt CameraSensor::format(uint32_t) const {
    const MutexGuard guard{lock_};
    return bus_format(code_, width_, height_, colours());
}

void CameraSensor::adjust_format(uint32_t, v4l2_mbus_framefmt& f) const {
    const uint32_t code = knows(f.code) ? f.code : code_number(0).take();
    const uint32_t width = within(f.width, sizes_.min_width, sizes_.max_width);
    const uint32_t height = within(f.height, sizes_.min_height, sizes_.max_height);
    f = bus_format(code, width - width % width_step_, height - height % height_step_, colours());
}

Result<> CameraSensor::set_format(uint32_t, const v4l2_mbus_framefmt& f) {
    const MutexGuard guard{lock_};
    const bool same = f.width == width_ && f.height == height_ && f.code == code_;
    if (!same && sending()) return Errno::kBusy;
    width_ = f.width;
    height_ = f.height;
    code_ = f.code;
    rate_ = within(rate_, 1, fastest());  // larger pictures take longer
    return Ok{};
}

Result<> CameraSensor::set_rate(uint32_t asked) {
    const uint32_t rate = asked == 0 ? default_rate() : within(asked, 1, fastest());
    const MutexGuard guard{lock_};
    if (rate != rate_ && sending()) return Errno::kBusy;
    rate_ = rate;
    return Ok{};
}

Result<> CameraSensor::start(const v4l2_mbus_framefmt& expected) {
    const MutexGuard guard{lock_};
    const bool same = expected.width == width_ && expected.height == height_ && expected.code == code_;
    if (!same) return Errno::kPipe;
    if (watchers_ == 0) TRY(begin(rate_));
    ++watchers_;
    return Ok{};
}

Result<> CameraSensor::stop() {
    const MutexGuard guard{lock_};
    if (--watchers_ != 0) return Ok{};
    return end();
}

}  // namespace kernel
