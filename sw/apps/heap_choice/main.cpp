// Where memory lies follows the devices that use it (MISSION D3). The program asks for memory and names no
// kind; the same binary finds scattered pages where every device has a SysMMU, and contiguous ones where the
// camera has none.
//
//   preview   camera -> screen; memory is placed when the camera first maps it
//   late      the processor fills a buffer and the screen shows it before FIMC0 attaches: without a SysMMU it
//   is
//             refused while the screen has the buffer mapped, and gets it moved afterwards
//
// What each step cost is printed for the scenario.
#include <poll.h>

#include <cerrno>
#include <cstdio>
#include <vector>

#include "apps/heap_choice/ion_client.hpp"
#include "apps/runner/sink.hpp"
#include "apps/runner/v4l2_device.hpp"
#include "apps/support/error.hpp"
#include "apps/support/measured.hpp"

namespace apps::heap_choice {

namespace {

constexpr uint32_t kFrames = 12, kBuffers = 4, kRate = 30;
constexpr runner::Size kSize{1280, 720};
constexpr uint32_t kBytes = kSize.width * kSize.height * 3 / 2;
constexpr int kPatienceMs = 2000;
const runner::Buffers kLayout{"cam", "ion", kBuffers, "NV12", kSize};
const runner::Sink kScreen{"mixer0", "video", "720p60", "v4l2", "none"};

void wait_for(int fd, short events, const char* what) {
    pollfd p{fd, events, 0};
    if (::poll(&p, 1, kPatienceMs) < 1) throw Error{std::string{what} + ": nothing happens"};
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
            for (uint32_t i = 0; i < kBuffers; ++i) camera_.queue({i, buffers_[i].get(), 0});
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
        const auto time = measured::ns([&] { camera_.queue({*back, buffers_[*back].get(), 0}); });
        if (shown_ == kFrames) measured::print("preview.next_queue", time, "ns");
    }

    std::unique_ptr<runner::Display> display_;
    runner::V4l2Device camera_;
    std::vector<Fd> buffers_;
    uint32_t shown_ = 0;
};

// --- A device that comes late

/// Luma and chroma such that no two lines are alike.
uint8_t pattern(uint32_t i) { return static_cast<uint8_t>(i * 7 + i / kSize.width * 3); }

/// FIMC0 from memory to memory: what comes out is what went in, at the same size.
class Converter {
public:
    Converter()
        : in_{runner::V4l2Device::find_converter("fimc0")}, out_{in_.other_side(runner::Queue::capture)} {
        in_.set_format(kLayout.format, kSize);
        out_.set_format(kLayout.format, kSize);
        if (in_.request_buffers(1, V4L2_MEMORY_DMABUF) != 1 || out_.request_buffers(1, V4L2_MEMORY_MMAP) != 1)
            throw Error{in_.node() + ": no buffer"};
    }
    /// Attaches and maps. False when the buffer cannot be had now.
    bool take(const Fd& buffer) {
        try {
            in_.queue({0, buffer.get(), kBytes});
            return true;
        } catch (const SystemError& e) {
            if (e.number == EBUSY) return false;
            throw;
        }
    }
    /// Bytes of the result that are wrong.
    uint32_t convert() {
        const Mapping result = out_.map_buffer(0);
        out_.queue({});
        in_.stream_on();
        out_.stream_on();
        wait_for(out_.fd(), POLLIN, "converter");
        out_.dequeue();
        in_.dequeue();
        const auto* bytes = static_cast<const uint8_t*>(result.data());
        uint32_t wrong = 0;
        for (uint32_t i = 0; i < kBytes; ++i) wrong += bytes[i] != pattern(i);
        return wrong;
    }

private:
    runner::V4l2Device in_, out_;
};

void late(const IonClient& ion) {
    const Fd buffer = ion.allocate(kBytes, "late");
    const Mapping mapping{buffer.get(), kBytes, 0, "dma-buf"};
    auto* bytes = static_cast<uint8_t*>(mapping.data());
    for (uint32_t i = 0; i < kBytes; ++i) bytes[i] = pattern(i);
    const auto display = runner::open_display(kScreen, kLayout);
    display->import({buffer.get()});
    display->show(0, kBytes);
    measured::print("late.contiguous_for_screen", placed("late").memory == "contiguous");

    Converter fimc;
    bool taken = false;
    auto time = measured::ns([&] { taken = fimc.take(buffer); });
    measured::print("late.refused", !taken);
    if (!taken) {
        display->stop();
        time = measured::ns([&] { taken = fimc.take(buffer); });
        if (!taken) throw Error{"fimc0: the buffer is refused though nobody has it mapped"};
    }
    measured::print("late.attach", time, "ns");
    measured::print("late.moves", placed("late").moves);
    measured::print("late.contiguous_for_fimc", placed("late").memory == "contiguous");
    measured::print("late.wrong_bytes", fimc.convert());
    time = measured::ns([&] { taken = fimc.take(buffer); });
    measured::print("late.next_queue", time, "ns");
    display->stop();
    display->show(0, kBytes);  // who was there before finds the memory where it is now
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < kBytes; ++i) wrong += bytes[i] != pattern(i);
    measured::print("late.wrong_bytes_seen_by_program", wrong);
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
