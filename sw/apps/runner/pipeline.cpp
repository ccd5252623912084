#include "apps/runner/pipeline.hpp"

#include <poll.h>
#include <time.h>

#include "apps/runner/camera.hpp"
#include "apps/support/error.hpp"

namespace apps::runner {

namespace {
constexpr int kPatienceMs = 2000;  // many frames at any rate: a device that is silent this long has stopped
}  // namespace

CameraToDisplay::CameraToDisplay(const Pipeline& pipeline)
    : camera_{open_camera(pipeline.source)}, display_{open_display(pipeline.sink, pipeline.shown())} {
    const Buffers& wanted = pipeline.source.output;
    if (wanted.of_process())
        allocate_buffers(wanted);
    else
        export_buffers(wanted);
    if (pipeline.stages.empty()) {
        display_->import_planes(captured());
    } else {
        display_->import(connect(pipeline.stages));
    }
}

void CameraToDisplay::export_buffers(const Buffers& wanted) {
    for (Fd& dmabuf : make_buffers(camera_, wanted)) {
        const auto index = static_cast<uint32_t>(buffers_.size());
        buffers_.push_back({camera_.map_buffer(index), std::move(dmabuf), {}});
        if (camera_.planes() > 1) buffers_.back().second = camera_.export_buffer(index, 1);
    }
}

/// As long as the camera says that a picture is.
void CameraToDisplay::allocate_buffers(const Buffers& wanted) {
    const uint32_t given = camera_.request_buffers(wanted.count, V4L2_MEMORY_USERPTR);
    for (uint32_t i = 0; i < given; ++i)
        buffers_.push_back({Mapping::anonymous(camera_.plane_of(i).length), {}, {}});
}

std::vector<PlaneFds> CameraToDisplay::captured() const {
    std::vector<PlaneFds> fds;
    for (const Shared& b : buffers_) {
        const bool own = b.dmabuf.get() < 0;
        fds.push_back({b.dmabuf.get(), b.second.get(), own ? b.pixels.data() : nullptr,
                       own ? static_cast<uint32_t>(b.pixels.size()) : 0});
    }
    return fds;
}

void CameraToDisplay::give_to_camera(uint32_t index) {
    const Mapping& m = buffers_.at(index).pixels;
    camera_.queue({.index = index, .user = m.data(), .length = static_cast<uint32_t>(m.size())});
}

/// Returns the buffers that come out of the last stage.
std::vector<int> CameraToDisplay::connect(const std::vector<Stage>& stages) {
    if (camera_.planes() > 1) throw Error{"stages take pictures whose planes lie in one piece"};
    std::vector<int> dmabufs;
    for (const Shared& b : buffers_) dmabufs.push_back(b.dmabuf.get());
    for (const Stage& stage : stages) {
        stages_.push_back(open_stage(stage));
        dmabufs = stages_.back()->connect(dmabufs);
    }
    return dmabufs;
}

void CameraToDisplay::run(uint32_t frames) {
    frames_ = frames;
    start();
    while (returned_ + 1 < frames_ || sent_ < frames_) step();
    let_last_frame_show();
    stop();
}

void CameraToDisplay::start() {
    for (auto& stage : stages_) stage->start();
    for (uint32_t i = 0; i < buffers_.size(); ++i) give_to_camera(i);
    camera_.stream_on();
}

void CameraToDisplay::stop() {
    camera_.stream_off();
    for (auto& stage : stages_) stage->stop();
    display_->stop();
}

void CameraToDisplay::step() {
    wait();
    pump_stages();
}

/// Waits for camera, stages or display, and takes what the camera and the display have.
void CameraToDisplay::wait() {
    std::vector<pollfd> ready{{camera_.fd(), POLLIN, 0}, {display_->fd(), display_->events(), 0}};
    for (const auto& stage : stages_) ready.push_back({stage->fd(), stage->events(), 0});
    if (sent_ == frames_) ready[0].fd = -1;    // enough captured
    if (sent_ == returned_) ready[1].fd = -1;  // nothing to come back: poll would report an error
    const int n = ::poll(ready.data(), ready.size(), kPatienceMs);
    if (n < 0) throw SystemError{camera_.node(), "poll"};
    if (n == 0) throw Error{(ready[0].fd < 0 ? display_->node() : camera_.node()) + ": no frame for 2 s"};
    if ((ready[0].revents | ready[1].revents) & POLLERR) throw Error{camera_.node() + ": streaming stopped"};
    if (ready[0].revents & POLLIN) {
        const BufferSlot captured = camera_.dequeue();
        forward(0, {captured.index, captured.bytes});
    }
    if (!(ready[1].revents & display_->events())) return;
    if (const std::optional<uint32_t> left = display_->take_back()) {
        ++returned_;
        release(stages_.size(), *left);
    }
}

/// From the last to the first: a buffer that is given back may be free all the way up.
void CameraToDisplay::pump_stages() {
    for (size_t i = 0; i < stages_.size(); ++i) {
        while (const auto picture = stages_[i]->take()) forward(i + 1, *picture);
    }
    for (size_t i = stages_.size(); i-- > 0;) {
        while (const auto index = stages_[i]->take_back()) release(i, *index);
    }
}

void CameraToDisplay::forward(size_t to, const Picture& picture) {
    if (to < stages_.size()) return stages_[to]->put(picture);
    if (sent_ == frames_) return release(to, picture.index);
    display_->show(picture.index, picture.bytes);
    ++sent_;
}

void CameraToDisplay::release(size_t from, uint32_t index) {
    if (from == 0) return give_to_camera(index);
    stages_[from - 1]->recycle(index);
}

/// When all but the last frame are back, the last one has just been latched: give it a whole scan-out.
void CameraToDisplay::let_last_frame_show() const {
    const uint64_t ns = display_->frame_period_ns() * 3 / 2;
    const timespec pause{static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)};
    ::nanosleep(&pause, nullptr);
}

}  // namespace apps::runner
