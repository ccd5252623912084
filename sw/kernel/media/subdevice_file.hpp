// An open sub-device node: one function an ioctl, and the formats that the program tries.
#pragma once

#include "core/file.hpp"
#include "media/control_calls.hpp"
#include "media/subdevice.hpp"

namespace kernel {

class SubdeviceFile final : public File, public ControlCalls {
public:
    explicit SubdeviceFile(Subdevice& device);
    Result<uint32_t> ioctl(uint32_t command, UserAddr argument) override;
    uint32_t poll(PollTable* table) override { return poll_events(table); }

    Result<> query_capability(v4l2_subdev_capability& c);
    Result<> enum_codes(v4l2_subdev_mbus_code_enum& e);
    Result<> enum_sizes(v4l2_subdev_frame_size_enum& e);
    Result<> enum_intervals(v4l2_subdev_frame_interval_enum& e);
    Result<> get_format(v4l2_subdev_format& f);
    Result<> set_format(v4l2_subdev_format& f);
    Result<> get_crop(v4l2_subdev_crop& c);
    Result<> set_crop(v4l2_subdev_crop& c);
    Result<> get_selection(v4l2_subdev_selection& s);
    Result<> set_selection(v4l2_subdev_selection& s);
    Result<> get_interval(v4l2_subdev_frame_interval& i);
    Result<> set_interval(v4l2_subdev_frame_interval& i);

private:
    bool waits() const override { return !nonblocking(); }
    /// Errors: kInval for a pad or a `which` that there is not.
    Result<> check(uint32_t which, uint32_t pad) const;
    v4l2_mbus_framefmt format(uint32_t which, uint32_t pad) const;
    using Selection = Result<> (SubdeviceFile::*)(v4l2_subdev_selection&);
    /// The older crop calls, by those of selections.
    Result<> crop_by(Selection selection, v4l2_subdev_crop& c);

    Subdevice& device_;
    v4l2_mbus_framefmt tried_[MediaEntity::kMostPads] = {};
    v4l2_rect tried_crop_[MediaEntity::kMostPads] = {};
};

}  // namespace kernel
