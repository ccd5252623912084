#include "models/camera/writeback.hpp"

#include "models/base/tlm/payload.hpp"
#include "models/camera/colour.hpp"

namespace exysim::camera {

Writeback::Writeback(const sc_core::sc_module_name& module_name) : sc_module{module_name} { SC_THREAD(run); }

void Writeback::send(FrameSize size, const uint8_t* rgb, Picoseconds line_period) {
    if (busy_) return;
    busy_ = true;
    size_ = size;
    line_period_ = line_period;
    rgb_.assign(rgb, rgb + size_t{size.width} * size.height * 3);
    given_.notify(sc_core::SC_ZERO_TIME);
}

void Writeback::run() {
    for (;;) {
        while (!busy_) sc_core::wait(given_);
        if (VideoSink* to = sink()) {
            to->frame_start(number_, SentFormat{size_});
            for (uint32_t y = 0; y < size_.height; ++y) {
                sc_core::wait(sc_ps(line_period_));
                send_line(*to, y);
            }
            to->frame_end();
        }
        ++number_;
        busy_ = false;
    }
}

void Writeback::send_line(VideoSink& to, uint32_t y) {
    static const ColourMatrix kMatrix = ColourMatrix::to_ycbcr({.bt709 = false, .full_range = false});
    Row row{size_.width};
    const uint8_t* pixel = &rgb_[size_t{y} * size_.width * 3];
    for (uint32_t x = 0; x < size_.width; ++x) {
        for (auto& channel : row.c) channel[x] = *pixel++;
    }
    kMatrix.apply(row);
    to.line(y, {row.c[0], row.c[1], row.c[2]});
}

}  // namespace exysim::camera
