// An open video node: one function an ioctl.
#pragma once

#include "media/control_calls.hpp"
#include "media/video_device.hpp"

namespace kernel {

class VideoFile final : public File, public ControlCalls {
public:
    VideoFile(VideoNode& node, VideoSession& session);
    ~VideoFile() override;

    Result<uint32_t> ioctl(uint32_t command, UserAddr argument) override;
    Result<> mmap(Vma& vma) override;
    uint32_t poll(PollTable* table) override;

    // The argument is a copy of the user's, and is copied back.
    Result<> query_capability(v4l2_capability& c);
    Result<> get_priority(uint32_t& p);
    Result<> set_priority(uint32_t& p);
    Result<> enum_format(v4l2_fmtdesc& d);
    Result<> enum_sizes(v4l2_frmsizeenum& s);
    Result<> enum_intervals(v4l2_frmivalenum& i);
    Result<> get_format(v4l2_format& f);
    Result<> try_format(v4l2_format& f);
    Result<> set_format(v4l2_format& f);
    Result<> get_parameters(v4l2_streamparm& p);
    Result<> set_parameters(v4l2_streamparm& p);
    Result<> enum_input(v4l2_input& i) { return session_.enum_input(i); }
    Result<> get_input(int& index);
    Result<> set_input(int& index);
    Result<> enum_output(v4l2_output& o) { return session_.enum_output(o); }
    Result<> get_output(int& index) { return only_output(index, 0); }
    Result<> set_output(int& index) { return only_output(index, index); }
    Result<> enum_timings(v4l2_enum_dv_timings& t);
    Result<> get_timings(v4l2_dv_timings& t) { return session_.get_timings(t); }
    Result<> set_timings(v4l2_dv_timings& t) { return session_.set_timings(t, any_busy()); }
    Result<> timings_limits(v4l2_dv_timings_cap& c);
    Result<> get_selection(v4l2_selection& s);
    Result<> set_selection(v4l2_selection& s);

    Result<> crop_limits(v4l2_cropcap& c);
    Result<> get_crop(v4l2_crop& c);
    Result<> set_crop(v4l2_crop& c);

    Result<> request_buffers(v4l2_requestbuffers& r);
    Result<> create_buffers(v4l2_create_buffers& c);
    Result<> export_buffer(v4l2_exportbuffer& e);
    Result<> query_buffer(v4l2_buffer& b);
    Result<> prepare_buffer(v4l2_buffer& b);
    Result<> queue_buffer(v4l2_buffer& b);
    Result<> dequeue_buffer(v4l2_buffer& b);
    Result<> stream_on(int& type);
    Result<> stream_off(int& type);

private:
    bool waits() const override { return !nonblocking(); }
    Result<BufferQueue*> queue_of(uint32_t type) const;
    Result<> check_selection(uint32_t type) const;
    bool any_busy() const;
    Result<> only_output(int& index, int asked);
    template <class Action>
    Result<> with_planes(v4l2_buffer& b, Action action);

    VideoNode& node_;
    VideoSession& session_;
    uint32_t priority_ = V4L2_PRIORITY_DEFAULT;
};

}  // namespace kernel
