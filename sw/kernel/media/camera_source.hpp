// What a FIMC can capture from: sensors, and the receivers between them and it. Each is a sub-device whose
// last pad is a source; links in the media graph say which one a FIMC listens to.
#pragma once

#include "media/subdevice.hpp"

namespace kernel {

/// The camera interface's inputs (fimc.md section 2).
enum class CameraPort : uint8_t { itu_a, itu_b, mipi_0, mipi_1 };

struct CameraSource : Subdevice {
    using Subdevice::Subdevice;
    /// No FIMC can be linked to it any more.
    ~CameraSource() override;

    MediaPad& output() { return pads[pad_count - 1]; }
    /// What is sent.
    v4l2_mbus_framefmt sent() const { return format(pad_count - 1); }
    virtual CameraPort port() const = 0;
    /// Where the pictures begin: whose name and rate count.
    virtual CameraSource& sensor() { return *this; }
    /// Lets it send; counted, several FIMCs may watch at once. Errors: kPipe it sends other pictures than
    /// the caller expects, kIo, kNxIo.
    virtual Result<> start(const v4l2_mbus_framefmt& expected) = 0;
    /// The last one stops it. Errors: likewise.
    virtual Result<> stop() = 0;
};

/// What sensors have in common: one pad, and a picture size and rate that stay while they send.
class CameraSensor : public CameraSource {
public:
    CameraSensor(uint32_t code, PadSizes sizes, uint32_t width_step, uint32_t height_step)
        : CameraSource{MEDIA_ENT_F_CAM_SENSOR, {MEDIA_PAD_FL_SOURCE}},
          code_{code},
          sizes_{sizes},
          width_step_{width_step},
          height_step_{height_step} {}

    Result<uint32_t> code_at(uint32_t pad, uint32_t index) const override;
    Result<PadSizes> sizes(uint32_t pad, uint32_t code) const override;
    v4l2_mbus_framefmt format(uint32_t pad) const override;
    void adjust_format(uint32_t pad, v4l2_mbus_framefmt& f) const override;
    Result<> set_format(uint32_t pad, const v4l2_mbus_framefmt& f) override;
    Result<uint32_t> rate() const override { return rate_; }
    Result<uint32_t> highest_rate() const override { return fastest(); }
    Result<> set_rate(uint32_t frames_per_second) override;

    Result<> start(const v4l2_mbus_framefmt& expected) override;
    Result<> stop() override;

protected:
    /// Whether the pad can have it (MEDIA_BUS_FMT_*).
    bool knows(uint32_t code) const;
    bool sending() const { return watchers_ != 0; }
    uint32_t width() const { return width_; }
    uint32_t height() const { return height_; }
    uint32_t code() const { return code_; }
    void set_code(uint32_t code) { code_ = code; }

private:
    virtual Result<uint32_t> code_number(uint32_t index) const = 0;
    virtual v4l2_colorspace colours() const = 0;
    virtual uint32_t fastest() const = 0;
    virtual uint32_t default_rate() const { return 30; }
    /// Programs the registers and sends.
    virtual Result<> begin(uint32_t rate) = 0;
    virtual Result<> end() = 0;

    uint32_t code_;
    const PadSizes sizes_;
    const uint32_t width_step_, height_step_;
    uint32_t width_ = 1280, height_ = 720, rate_ = 30;
    mutable Mutex lock_;  // of size, rate and watchers
    uint32_t watchers_ = 0;
};

/// Links it to all FIMCs, now and later; enabled where nothing else is if `by_default`.
Result<> add_camera_source(CameraSource& source, bool by_default);
/// The other side: a FIMC's sink pad.
Result<> add_camera_sink(MediaPad& sink);
/// Nothing will be linked to it any more.
void remove_camera_sink(const MediaPad& sink);
/// The sources that can be linked to `sink`, in the order of their ports. Null after the last.
CameraSource* camera_of(const MediaPad& sink, uint32_t index);
/// Links number `index` to it instead of any other; takes the graph's lock. Errors: kInval, kBusy.
Result<> choose_camera(MediaPad& sink, uint32_t index);
/// Whether there is a source that is enabled by default.
bool have_camera();

}  // namespace kernel
