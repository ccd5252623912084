#include "apps/runner/pipeline.hpp"

#include <poll.h>
#include <time.h>

#include "apps/support/error.hpp"

namespace apps::runner {

namespace {
constexpr int kPatienceMs = 2000;  // many frames at any rate: a device that is silent this long has stopped
}  // namespace

CameraToDisplay::CameraToDisplay(const Pipeline& pipeline)
    : camera_{V4l2Device::find(pipeline.source.device, Queue::capture)},
      display_{open_display(pipeline.sink, pipeline.source.output)} {
    const Buffers& wanted = pipeline.source.output;
    camera_.set_format(wanted.format, wanted.size);
    camera_.set_rate(pipeline.source.rate);
    const uint32_t count = camera_.request_buffers(wanted.count, V4L2_MEMORY_MMAP);
    std::vector<int> dmabufs;
    for (uint32_t i = 0; i < count; ++i) {
        buffers_.push_back({camera_.map_buffer(i), camera_.export_buffer(i)});
        dmabufs.push_back(buffers_.back().dmabuf.get());
    }
    display_->import(dmabufs);
}

void CameraToDisplay::run(uint32_t frames) {
    start();
    while (returned_ + 1 < frames || sent_ < frames) step(frames);
    let_last_frame_show();
    camera_.stream_off();
    display_->stop();
}

void CameraToDisplay::start() {
    for (uint32_t i = 0; i < buffers_.size(); ++i) camera_.queue({.index = i});
    camera_.stream_on();
}

void CameraToDisplay::step(uint32_t frames) {
    pollfd ready[] = {{camera_.fd(), POLLIN, 0}, {display_->fd(), display_->events(), 0}};
    if (sent_ == frames) ready[0].fd = -1;     // enough captured
    if (sent_ == returned_) ready[1].fd = -1;  // nothing to come back: poll would report an error
    const int n = ::poll(ready, 2, kPatienceMs);
    if (n < 0) throw SystemError{camera_.node(), "poll"};
    if (n == 0) throw Error{(ready[0].fd < 0 ? display_->node() : camera_.node()) + ": no frame for 2 s"};
    if ((ready[0].revents | ready[1].revents) & POLLERR) throw Error{camera_.node() + ": streaming stopped"};
    if (ready[0].revents & POLLIN) on_captured(frames);
    if (ready[1].revents & display_->events()) on_displayed();
}

void CameraToDisplay::on_captured(uint32_t frames) {
    const BufferSlot captured = camera_.dequeue();
    if (sent_ == frames) return;
    display_->show(captured.index, captured.bytes);
    ++sent_;
}

void CameraToDisplay::on_displayed() {
    const std::optional<uint32_t> left = display_->take_back();
    if (!left) return;
    ++returned_;
    camera_.queue({.index = *left});
}

/// When all but the last frame are back, the last one has just been latched: give it a whole scan-out.
void CameraToDisplay::let_last_frame_show() const {
    const uint64_t ns = display_->frame_period_ns() * 3 / 2;
    const timespec pause{static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)};
    ::nanosleep(&pause, nullptr);
}

}  // namespace apps::runner
