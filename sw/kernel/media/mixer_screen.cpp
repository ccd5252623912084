#include "media/mixer_screen.hpp"

namespace kernel {

namespace {

v4l2_dv_timings to_v4l2(const DisplayMode& m) {
    v4l2_dv_timings t{};
    t.type = V4L2_DV_BT_656_1120;
    t.bt.width = m.width;
    t.bt.height = m.height;
    t.bt.interlaced = V4L2_DV_PROGRESSIVE;
    t.bt.polarities = m.positive_syncs ? V4L2_DV_VSYNC_POS_POL | V4L2_DV_HSYNC_POS_POL : 0;
    t.bt.pixelclock = m.pixel_clock_hz;
    t.bt.hfrontporch = m.h_front;
    t.bt.hsync = m.h_sync;
    t.bt.hbackporch = m.h_back;
    t.bt.vfrontporch = m.v_front;
    t.bt.vsync = m.v_sync;
    t.bt.vbackporch = m.v_back;
    t.bt.standards = V4L2_DV_BT_STD_CEA861;
    t.bt.flags = V4L2_DV_FL_HAS_CEA861_VIC;
    t.bt.cea861_vic = m.vic;
    return t;
}

bool same(const DisplayMode& m, const v4l2_bt_timings& t) {
    return t.width == m.width && t.height == m.height && !t.interlaced && t.pixelclock == m.pixel_clock_hz &&
           t.width + t.hfrontporch + t.hsync + t.hbackporch == m.h_total() &&
           t.height + t.vfrontporch + t.vsync + t.vbackporch == m.v_total();
}

}  // namespace

Result<> MixerScreen::join(MixerLayer& layer) {
    const MutexGuard guard{joining_};
    if (layers_.empty()) TRY(pipe_.start(this, *mode_, on_vsync, this));
    const IrqGuard masked{lock};
    layers_.push_back(layer);
    return Ok{};
}

void MixerScreen::leave(MixerLayer& layer) {
    const MutexGuard guard{joining_};
    if (layers_.empty()) return;
    {
        const IrqGuard masked{lock};
        layer.node.unlink();
    }
    if (layers_.empty()) pipe_.stop(this);
}

void MixerScreen::vsync() {
    const IrqGuard guard{lock};
    if (!pipe_.mixer.latched()) return;
    for (MixerLayer& layer : layers_) layer.vsync();
}

Result<> MixerScreen::enum_timings(v4l2_enum_dv_timings& t) const {
    if (t.index >= display_modes().size()) return Errno::kInval;
    t.timings = to_v4l2(display_modes()[t.index]);
    return Ok{};
}

void MixerScreen::get_timings(v4l2_dv_timings& t) const { t = to_v4l2(*mode_); }

Result<bool> MixerScreen::set_timings(v4l2_dv_timings& t, bool busy) {
    const MutexGuard guard{joining_};
    for (const DisplayMode& m : display_modes()) {
        if (t.type != V4L2_DV_BT_656_1120 || !same(m, t.bt)) continue;
        t = to_v4l2(m);
        if (mode_ == &m && prepared_) return false;
        if (busy || !layers_.empty()) return Errno::kBusy;
        TRY(pipe_.prepare(this, m));  // takes long: better here than when the first picture waits
        prepared_ = true;
        mode_ = &m;
        return true;
    }
    return Errno::kInval;
}

void MixerScreen::timings_limits(v4l2_dv_timings_cap& c) const {
    const DisplayMode &small = display_modes().front(), &large = display_modes().back();
    c = {};
    c.type = V4L2_DV_BT_656_1120;
    c.bt.min_width = small.width;
    c.bt.max_width = large.width;
    c.bt.min_height = small.height;
    c.bt.max_height = large.height;
    c.bt.min_pixelclock = small.pixel_clock_hz;
    c.bt.max_pixelclock = large.pixel_clock_hz;
    for (const DisplayMode& m : display_modes()) {
        if (m.pixel_clock_hz < c.bt.min_pixelclock) c.bt.min_pixelclock = m.pixel_clock_hz;
        if (m.pixel_clock_hz > c.bt.max_pixelclock) c.bt.max_pixelclock = m.pixel_clock_hz;
    }
    c.bt.standards = V4L2_DV_BT_STD_CEA861;
    c.bt.capabilities = V4L2_DV_BT_CAP_PROGRESSIVE;
}

}  // namespace kernel
