// Sub-devices: blocks of the media graph with a node /dev/v4l-subdevN of their own, by which programs set
// what passes through their pads.
#pragma once

#include "media/controls.hpp"
#include "media/media_graph.hpp"
#include "media/videodev.hpp"

namespace kernel {

/// Sizes that a pad can have, in pixels.
struct PadSizes {
    uint32_t min_width, max_width, min_height, max_height;
};

/// A driver's side. What is said here is in force; what programs only try is kept by their open files. The
/// graph's lock is held during all calls; pads exist.
struct Subdevice : MediaEntity {
    Subdevice(uint32_t entity_function, std::initializer_list<uint32_t> pad_flags)
        : MediaEntity{entity_function, pad_flags} {}
    /// Takes the node away again.
    ~Subdevice() override;

    char node_name[16] = "";  ///< in /dev, once registered

    /// Code number `index` that the pad can have, MEDIA_BUS_FMT_*. Errors: kInval after the last.
    /// Unless a driver says otherwise: the format's alone, in its size alone.
    virtual Result<uint32_t> code_at(uint32_t pad, uint32_t index) const {
        if (index != 0) return Errno::kInval;
        return format(pad).code;
    }
    /// Errors: kInval for a code that the pad cannot have.
    virtual Result<PadSizes> sizes(uint32_t pad, uint32_t code) const {
        const v4l2_mbus_framefmt f = format(pad);
        if (code != f.code) return Errno::kInval;
        return PadSizes{f.width, f.width, f.height, f.height};
    }
    virtual v4l2_mbus_framefmt format(uint32_t pad) const = 0;
    /// Makes `f` a format the pad can have; never fails.
    virtual void adjust_format(uint32_t pad, v4l2_mbus_framefmt& f) const = 0;
    /// `f` is adjusted. Errors: kBusy.
    virtual Result<> set_format(uint32_t pad, const v4l2_mbus_framefmt& f) = 0;

    /// The rectangles V4L2_SEL_TGT_CROP* of a pad within pictures of the size of `f`; `crop` is the one that
    /// is cropped. Errors: kNoTty there are none, kInval.
    virtual Result<v4l2_rect> selection(uint32_t /*pad*/, uint32_t /*target*/,
                                        const v4l2_mbus_framefmt& /*f*/, const v4l2_rect& /*crop*/) const {
        return Errno::kNoTty;
    }
    virtual v4l2_rect crop(uint32_t /*pad*/) const { return {}; }
    /// Makes `r` a part that can be cropped of pictures like `f`. Errors: kNoTty, kInval.
    virtual Result<> adjust_crop(uint32_t /*pad*/, const v4l2_mbus_framefmt& /*f*/, v4l2_rect& /*r*/) const {
        return Errno::kNoTty;
    }
    virtual Result<> set_crop(uint32_t /*pad*/, const v4l2_rect& /*r*/) { return Errno::kNoTty; }

    /// Frames a second. Errors of each: kNoTty for what has no rate.
    virtual Result<uint32_t> rate() const { return Errno::kNoTty; }
    virtual Result<uint32_t> highest_rate() const { return Errno::kNoTty; }
    /// The nearest one. Errors: kBusy.
    virtual Result<> set_rate(uint32_t /*frames_per_second*/) { return Errno::kNoTty; }

    virtual ControlSet* controls() { return nullptr; }
};

/// Adds it to the graph and makes its node. Errors: kNoSpc, kNoMem.
Result<> register_subdevice(Subdevice& subdevice);

/// Frames a second of a frame interval, to the nearest; 0 for an impossible one.
inline uint32_t rate_of(const v4l2_fract& interval) {
    if (interval.numerator == 0 || interval.denominator == 0) return 0;
    const uint64_t rate = (uint64_t{interval.denominator} + interval.numerator / 2) / interval.numerator;
    return rate > ~0U ? ~0U : static_cast<uint32_t>(rate);
}

/// A progressive picture of this size.
inline v4l2_mbus_framefmt bus_format(uint32_t code, uint32_t width, uint32_t height,
                                     v4l2_colorspace colours) {
    v4l2_mbus_framefmt f{};
    f.width = width;
    f.height = height;
    f.code = code;
    f.field = V4L2_FIELD_NONE;
    f.colorspace = static_cast<uint32_t>(colours);
    return f;
}

}  // namespace kernel
