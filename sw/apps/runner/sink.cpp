#include "apps/runner/sink.hpp"

#include <poll.h>

#include "apps/runner/drm_display.hpp"
#include "apps/runner/v4l2_device.hpp"
#include "apps/support/error.hpp"

namespace apps::runner {

namespace {

/// V4L2's output on the mixer's video layer.
class V4l2Display final : public Display {
public:
    V4l2Display(const Sink& sink, const Buffers& buffers)
        : device_{V4l2Device::find(sink.device, Queue::output)},
          timings_{device_.set_mode(sink.mode)},
          period_ns_{runner::frame_period_ns(timings_)} {
        device_.set_format(buffers.format, buffers.size);
        const Size screen{timings_.width, timings_.height};
        const bool fills = buffers.size.width == screen.width && buffers.size.height == screen.height;
        if (!fills) device_.set_selection(V4L2_SEL_TGT_COMPOSE, screen);
    }

    void import_planes(const std::vector<PlaneFds>& dmabufs) override {
        const auto count = static_cast<uint32_t>(dmabufs.size());
        const bool own = !dmabufs.empty() && dmabufs[0].user;
        if (device_.request_buffers(count, own ? V4L2_MEMORY_USERPTR : V4L2_MEMORY_DMABUF) < count)
            throw Error{device_.node() + ": too few buffers"};
        dmabufs_ = dmabufs;
    }
    void show(uint32_t index, uint32_t bytes) override {
        const PlaneFds& fds = dmabufs_.at(index);
        device_.queue({.index = index,
                       .fd = fds.first,
                       .second_fd = fds.second,
                       .bytes = bytes,
                       .user = fds.user,
                       .length = fds.length});
        if (!streaming_) device_.stream_on();
        streaming_ = true;
    }
    int fd() const override { return device_.fd(); }
    short events() const override { return POLLOUT; }
    std::optional<uint32_t> take_back() override { return device_.dequeue().index; }
    void stop() override {
        if (streaming_) device_.stream_off();
        streaming_ = false;
    }
    uint64_t frame_period_ns() const override { return period_ns_; }
    const std::string& node() const override { return device_.node(); }

private:
    V4l2Device device_;
    v4l2_bt_timings timings_;
    uint64_t period_ns_;
    std::vector<PlaneFds> dmabufs_;
    bool streaming_ = false;
};

template <class T>
std::unique_ptr<Display> open_as(const Sink& sink, const Buffers& buffers) {
    return std::make_unique<T>(sink, buffers);
}

struct Api {
    const char* name;
    std::unique_ptr<Display> (*open)(const Sink&, const Buffers&);
};
constexpr Api kApis[] = {{"v4l2", open_as<V4l2Display>}, {"drm", open_as<DrmDisplay>}};

}  // namespace

void Display::import(const std::vector<int>& dmabufs) {
    std::vector<PlaneFds> planes;
    for (const int fd : dmabufs) planes.push_back({fd});
    import_planes(planes);
}

std::unique_ptr<Display> open_display(const Sink& sink, const Buffers& buffers) {
    for (const Api& api : kApis) {
        if (sink.api == api.name) return api.open(sink, buffers);
    }
    throw Error{"sink: nothing called '" + sink.api + "' shows pictures"};
}

}  // namespace apps::runner
