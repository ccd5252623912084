// The screen that the mixer's video nodes share: its mode, and the layers that stream. V4L2 claims the
// display pipe with the first of them and lets it go with the last.
#pragma once

#include "core/list.hpp"
#include "core/lock.hpp"
#include "display/display_pipe.hpp"
#include "media/videodev.hpp"

namespace kernel {

/// A layer of the mixer that streams.
struct MixerLayer {
    ListNode node;  ///< in the screen's list
    /// A vsync has taken over all that was programmed before; in interrupt context.
    virtual void vsync() = 0;

protected:
    ~MixerLayer() = default;
};

class MixerScreen {
public:
    explicit MixerScreen(DisplayPipe& pipe) : pipe_{pipe} {}

    const DisplayMode& mode() const { return *mode_; }
    Mixer& mixer() const { return pipe_.mixer; }
    DisplayPipe& pipe() const { return pipe_; }
    /// From here on the layer's vsync() is called. Errors: kBusy DRM has the display; as Mixer::start().
    Result<> join(MixerLayer& layer);
    /// Nothing happens unless it has joined.
    void leave(MixerLayer& layer);

    Result<> enum_timings(v4l2_enum_dv_timings& t) const;
    void get_timings(v4l2_dv_timings& t) const;
    /// Whether the mode is another one then. `busy`: the layer that asks has buffers. Errors: kInval no such
    /// mode; kBusy somebody streams.
    Result<bool> set_timings(v4l2_dv_timings& t, bool busy);
    void timings_limits(v4l2_dv_timings_cap& c) const;

    IrqLock lock;  ///< guards the layers against the interrupt handler

private:
    static void on_vsync(void* context) { static_cast<MixerScreen*>(context)->vsync(); }
    void vsync();

    DisplayPipe& pipe_;
    const DisplayMode* mode_ = &display_modes()[2];  // 720p60
    bool prepared_ = false;                          // the transmitter has been set to it once
    Mutex joining_;
    List<MixerLayer, &MixerLayer::node> layers_;
};

}  // namespace kernel
