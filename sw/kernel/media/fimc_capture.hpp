// Video capture from the camera: a V4L2 device over FIMC and what is linked to it.
//
// The hardware fills its four output slots in turn and interrupts when a frame begins, so that the buffer of
// the frame before is complete then. With only one buffer left it would be overwritten while the user has
// nothing new: capture pauses until another is queued (fimc.md section 8).
#pragma once

#include "core/log.hpp"
#include "media/camera_source.hpp"
#include "media/fimc_engine.hpp"

namespace kernel {

class FimcCapture final : public VideoDevice, private FimcEngine::User {
public:
    explicit FimcCapture(FimcEngine& engine);

    Result<uint32_t> format_at(uint32_t type, uint32_t index) const override;
    void adjust_format(uint32_t type, v4l2_pix_format_mplane& f) const override;
    Result<> set_format(uint32_t, const v4l2_pix_format_mplane& f) override {
        format_ = f;
        return Ok{};
    }
    v4l2_pix_format_mplane format(uint32_t) const override { return format_; }
    Result<SizeRange> sizes(uint32_t fourcc) const override;
    Result<uint32_t> highest_rate() const override;

    Result<> get_parameters(v4l2_streamparm& p) override;
    Result<> set_parameters(v4l2_streamparm& p) override;
    Result<> enum_input(v4l2_input& i) override;
    uint32_t input() const override;
    Result<> set_input(uint32_t index) override { return choose_camera(*sink_, index); }
    Result<> get_selection(v4l2_selection& s) override;
    Result<> set_selection(v4l2_selection& s) override;

    // What the sub-device shows of it. The caller has the graph's lock; these take the node's.
    /// What arrives at the camera port; nothing (width 0) while nothing is linked.
    v4l2_mbus_framefmt arriving() const;
    /// The part of it that is captured.
    Rect crop() const;
    Result<> set_crop(const Rect& part);
    /// The picture's size behind the scaler; the format's. Errors: kBusy there are buffers.
    Result<> set_size(uint32_t width, uint32_t height);
    /// Where its cameras are linked to. Once, before the node is used.
    void set_sink(MediaPad& sink) { sink_ = &sink; }
    /// Listens to `source`, or (null) to nobody. Errors: kBusy there are buffers, or it has a source already.
    Result<> connect(CameraSource* source);
    /// What the scaler can make of a picture, and of its part.
    Rect fit_part(const Rect& r) const;

private:
    // --- What the queue asks (VideoQueueOps)
    void take(VideoQueue&, VideoBuffer& buffer) override {
        pending_.push_back(buffer);
        if (!running_) return;
        fill_slots();
        resume_if_possible();
    }
    Result<> start(VideoQueue&) override;
    void stop(VideoQueue&) override;

    /// The fourcc of the raw data that arrive, or 0 for pictures.
    uint32_t raw_format() const;
    Result<CameraSource*> source() const;
    FimcCamera camera() const;

    void handle_interrupt() override;
    void complete_oldest();
    void fill_slots();
    void resume();
    void resume_if_possible() {
        if (!capturing_ && !last_frame_ && in_hardware_ >= kMinBuffers) resume();
    }
    void pause();

    static constexpr uint32_t kMinBuffers = 2;
    FimcEngine& engine_;
    MediaPad* sink_ = nullptr;
    CameraSource* source_ = nullptr;
    v4l2_pix_format_mplane format_{};
    FimcFrame target_;  // format_, while running
    Rect crop_;         // empty: all of it

    CameraSource* watching_ = nullptr;  // sends for us
    IrqLock irq_lock_;                  // guards all below against the interrupt handler
    WaitQueue stopped_;
    List<VideoBuffer, &VideoBuffer::node> pending_;  // wait for a slot
    List<VideoBuffer, &VideoBuffer::node> active_;   // in a slot, oldest first
    uint32_t in_hardware_ = 0;                       // length of active_
    uint32_t next_slot_ = 0;
    uint32_t sequence_ = 0;
    bool running_ = false;     // between start() and stop()
    bool capturing_ = false;   // the hardware takes frames
    bool last_frame_ = false;  // capture is disabled, its last frame still goes on
    bool first_ = false;       // the next interrupt begins the first frame after a (re)start
};

/// The sub-device in front of the capture node: pads for the camera, for write-back (which is not there: it
/// shows what the camera pad does) and to memory, with Linux's numbers.
class FimcSubdevice final : public Subdevice {
public:
    enum Pad : uint32_t { kCameraPad, kWritebackPad, kSourcePad };
    FimcSubdevice(FimcCapture& capture, uint32_t number);
    ~FimcSubdevice() override;

    Result<PadSizes> sizes(uint32_t pad, uint32_t code) const override;
    v4l2_mbus_framefmt format(uint32_t pad) const override;
    void adjust_format(uint32_t pad, v4l2_mbus_framefmt& f) const override;
    Result<> set_format(uint32_t pad, const v4l2_mbus_framefmt& f) override;
    Result<v4l2_rect> selection(uint32_t pad, uint32_t target, const v4l2_mbus_framefmt& f,
                                const v4l2_rect& crop) const override;
    v4l2_rect crop(uint32_t pad) const override;
    Result<> adjust_crop(uint32_t pad, const v4l2_mbus_framefmt& f, v4l2_rect& r) const override;
    Result<> set_crop(uint32_t pad, const v4l2_rect& r) override;
    Result<> link_changes(const MediaLink& link, bool enabled) override;

private:
    FimcCapture& capture_;
};

v4l2_rect to_v4l2(const Rect& r);
Rect from_v4l2(const v4l2_rect& r);

}  // namespace kernel
