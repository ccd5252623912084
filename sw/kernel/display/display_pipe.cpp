#include "display/display_pipe.hpp"

#include "core/lock.hpp"
#include "core/ref.hpp"
#include "driver/power.hpp"

namespace kernel {

namespace {
DisplayPipe* only;
}  // namespace

void DisplayPipe::set_sink(const DisplayMode& mode) {
    if (sink_mode_ == &mode) return;
    hdmi_.set_mode(mode);
    sink_mode_ = &mode;
}

Result<> DisplayPipe::prepare(const void* user, const DisplayMode& mode) {
    const MutexGuard guard{lock_};
    if (user_ && user_ != user) return Errno::kBusy;
    set_sink(mode);
    return Ok{};
}

Result<> DisplayPipe::start(const void* user, const DisplayMode& mode, Mixer::VsyncHandler handler,
                            void* context) {
    const MutexGuard guard{lock_};
    if (user_) return Errno::kBusy;
    set_sink(mode);
    TRY(mixer.start(hdmi_, mode, handler, context));
    user_ = user;
    return Ok{};
}

void DisplayPipe::stop(const void* user) {
    const MutexGuard guard{lock_};
    if (user_ != user) return;
    mixer.stop(hdmi_);
    user_ = nullptr;
}

DisplayPipe* the_display_pipe() { return only; }

namespace {

void interrupt(void* context) { static_cast<DisplayPipe*>(context)->mixer.handle_interrupt(); }

Result<> probe(Device& device) {
    const IrqLine line = TRY(device.irq());
    Hdmi* hdmi = TRY(the_hdmi());
    const DmaDevice dma = TRY(DmaDevice::of(device.node));
    TRY(power_on(device.node));
    const Mixer mixer{TRY(device.map(0)), TRY(device.map(1))};
    auto pipe = TRY(make<DisplayPipe>(mixer, *hdmi, dma, device.name));
    TRY(request_irq(line, interrupt, pipe.get(), device.name));
    only = pipe.release();
    device.data = only;
    return Ok{};
}

constexpr const char* kCompatible[] = {"samsung,exynos4210-mixer", nullptr};
constexpr Driver kDriver{"mixer", kCompatible, probe};
REGISTER_DRIVER(kDriver);

}  // namespace

}  // namespace kernel
