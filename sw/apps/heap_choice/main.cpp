// Where memory lies follows the devices that use it (MISSION D3). The program asks for memory and names no
// kind; the same binary finds scattered pages where every device has a SysMMU, and contiguous ones where the
// camera has none.
//
//   preview   camera -> screen; memory is placed when the camera first maps it
//   late      the processor fills a buffer and the screen shows it before FIMC0 attaches: without a SysMMU it
//             is refused while the screen has the buffer mapped, and gets it moved afterwards
//
// What each step cost is printed for the scenario.
#include <poll.h>

#include <cerrno>
#include <cstdio>
#include <vector>

#include "apps/heap_choice/ion_client.hpp"
#include "apps/runner/pass_through.hpp"
#include "apps/runner/sink.hpp"
#include "apps/support/error.hpp"
#include "apps/support/measured.hpp"

namespace apps::heap_choice {

namespace {

constexpr uint32_t kFrames = 12, kBuffers = 4, kRate = 30;
constexpr runner::Size kSize{1280, 720};
constexpr uint32_t kBytes = runner::nv12_bytes(kSize);
constexpr int kPatienceMs = 2000;
const runner::Buffers kLayout{"cam", "ion", kBuffers, "NV12", kSize};
const runner::Sink kScreen{"mixer0", "video", "720p60", "v4l2", "none"};

void wait_for(int fd, short events, const char* what) {
    if (!is_ready(fd, events, kPatienceMs)) throw Error{std::string{what} + ": nothing happens"};
}

// --- Camera to screen

class Preview {
public:
    explicit Preview(const IonClient& ion)
        : display_{runner::open_display(kScreen, kLayout)},
          camera_{runner::V4l2Device::find("fimc0", runner::Queue::capture)} {
        camera_.set_format(kLayout.format, kSize);
        camera_.set_rate(kRate);
        allocate(ion);
        give_to_camera();
        display_->import(fds());
    }
    void run() {
        camera_.stream_on();
        while (shown_ < kFrames) {
            wait_for(camera_.fd(), POLLIN, "camera");
            show(camera_.dequeue());
        }
        camera_.stream_off();
        display_->stop();
    }

private:
    static std::string name(uint32_t index) { return "preview-" + std::to_string(index); }
    std::vector<int> fds() const {
        std::vector<int> all;
        for (const Fd& b : buffers_) all.push_back(b.get());
        return all;
    }
    void allocate(const IonClient& ion) {
        uint32_t placed_already = 0;
        const auto time = measured::ns([&] {
            for (uint32_t i = 0; i < kBuffers; ++i) buffers_.push_back(ion.allocate(kBytes, name(i)));
        });
        for (uint32_t i = 0; i < kBuffers; ++i) placed_already += placed(name(i)).memory != "none";
        measured::print("preview.placed_at_allocation", placed_already);
        measured::print("preview.allocation", time / kBuffers, "ns");
    }
    /// The camera's first map of each places it.
    void give_to_camera() {
        if (camera_.request_buffers(kBuffers, V4L2_MEMORY_DMABUF) < kBuffers)
            throw Error{camera_.node() + ": too few buffers"};
        const auto time = measured::ns([&] {
            for (uint32_t i = 0; i < kBuffers; ++i) camera_.queue({.index = i, .fd = buffers_[i].get()});
        });
        uint32_t contiguous = 0, scattered = 0;
        for (uint32_t i = 0; i < kBuffers; ++i) {
            contiguous += placed(name(i)).memory == "contiguous";
            scattered += placed(name(i)).memory == "scattered";
        }
        measured::print("preview.contiguous", contiguous);
        measured::print("preview.scattered", scattered);
        measured::print("preview.first_queue", time / kBuffers, "ns");
    }
    /// The screen has the picture until the next one replaces it.
    void show(const runner::BufferSlot& slot) {
        display_->show(slot.index, slot.bytes);
        if (++shown_ == 1) return;
        wait_for(display_->fd(), display_->events(), "display");
        const auto back = display_->take_back();
        if (!back) return;
        const auto time = measured::ns([&] { camera_.queue({.index = *back, .fd = buffers_[*back].get()}); });
        if (shown_ == kFrames) measured::print("preview.next_queue", time, "ns");
    }

    std::unique_ptr<runner::Display> display_;
    runner::V4l2Device camera_;
    std::vector<Fd> buffers_;
    uint32_t shown_ = 0;
};

// --- A device that comes late

/// Attaches and maps. False when the buffer cannot be had now.
bool take(runner::PassThrough& fimc, const Fd& buffer) {
    try {
        fimc.in().queue({.index = 0, .fd = buffer.get(), .bytes = kBytes});
        return true;
    } catch (const SystemError& e) {
        if (e.number == EBUSY) return false;
        throw;
    }
}

/// Bytes of the picture that FIMC makes of what it took that are wrong.
uint32_t convert(runner::PassThrough& fimc) {
    const Mapping result = fimc.out().map_buffer(0);
    fimc.out().queue({});
    fimc.run();
    return runner::count_wrong(static_cast<const uint8_t*>(result.data()), kSize);
}

void late(const IonClient& ion) {
    const Fd buffer = ion.allocate(kBytes, "late");
    const Mapping mapping{buffer.get(), kBytes, 0, "dma-buf"};
    auto* bytes = static_cast<uint8_t*>(mapping.data());
    runner::fill_pattern(bytes, kSize);
    const auto display = runner::open_display(kScreen, kLayout);
    display->import({buffer.get()});
    display->show(0, kBytes);
    measured::print("late.contiguous_for_screen", placed("late").memory == "contiguous");

    runner::PassThrough fimc{"fimc0", kSize, V4L2_MEMORY_DMABUF, V4L2_MEMORY_MMAP};
    bool taken = false;
    auto time = measured::ns([&] { taken = take(fimc, buffer); });
    measured::print("late.refused", !taken);
    if (!taken) {
        display->stop();
        time = measured::ns([&] { taken = take(fimc, buffer); });
        if (!taken) throw Error{"fimc0: the buffer is refused though nobody has it mapped"};
    }
    measured::print("late.attach", time, "ns");
    measured::print("late.moves", placed("late").moves);
    measured::print("late.contiguous_for_fimc", placed("late").memory == "contiguous");
    measured::print("late.wrong_bytes", convert(fimc));
    time = measured::ns([&] { taken = take(fimc, buffer); });
    measured::print("late.next_queue", time, "ns");
    display->stop();
    display->show(0, kBytes);  // who was there before finds the memory where it is now
    measured::print("late.wrong_bytes_seen_by_program", runner::count_wrong(bytes, kSize));
}

}  // namespace

}  // namespace apps::heap_choice

int main() {
    using namespace apps::heap_choice;
    try {
        const IonClient ion;
        late(ion);
        Preview{ion}.run();
        return 0;
    } catch (const apps::Error& e) {
        std::fprintf(stderr, "heap_choice: %s\n", e.what());
        return 1;
    }
}
