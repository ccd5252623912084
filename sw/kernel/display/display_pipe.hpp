// The way from memory to the television: mixer, video processor and HDMI as one thing that a subsystem
// claims. V4L2's output and DRM are both there; the first stream or modeset gets the pipe.
#pragma once

#include "display/mixer.hpp"
#include "dma/dma_device.hpp"

namespace kernel {

class DisplayPipe {
public:
    DisplayPipe(const Mixer& layers, Hdmi& hdmi, const DmaDevice& dma, const char* name)
        : mixer{layers}, hdmi_{hdmi}, dma_{dma}, name_{name} {}

    /// Programs the transmitter for `mode`, which takes tens of milliseconds; nothing to do when it is set
    /// to it. Its timing starts with start(). Errors: kBusy somebody else has the pipe.
    Result<> prepare(const void* user, const DisplayMode& mode);
    /// Claims the pipe and lets it run with all layers hidden. `user` is an address that names the claimant;
    /// `handler` runs in interrupt context at each vsync. Errors: kBusy, and as Mixer::start().
    Result<> start(const void* user, const DisplayMode& mode, Mixer::VsyncHandler handler, void* context);
    /// Stops it and lets it go. Nothing happens unless `user` has it.
    void stop(const void* user);

    /// For layers; only the claimant touches them.
    Mixer mixer;

    /// The bus master that fetches the layers.
    const DmaDevice& dma() const { return dma_; }
    /// As on Linux's platform bus: "12c10000.mixer".
    const char* name() const { return name_; }

private:
    Hdmi& hdmi_;
    DmaDevice dma_;
    const char* name_;
    Mutex lock_;  // guards the claim and the transmitter
    const void* user_ = nullptr;
    const DisplayMode* sink_mode_ = nullptr;  // what the transmitter is set to

    void set_sink(const DisplayMode& mode);
};

/// The machine's pipe, or null when it has none.
DisplayPipe* the_display_pipe();

}  // namespace kernel
