// A camera's pictures on a television, each held until a fence is signalled, 3 ms after it came: what a
// program does that gets its pictures before they are finished. `fenced_frames FRAMES`.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "apps/runner/sink.hpp"
#include "apps/runner/v4l2_device.hpp"
#include "apps/support/error.hpp"

namespace {

using namespace apps;

constexpr runner::Size kSize{720, 480};
constexpr uint32_t kBuffers = 4, kRate = 30;
constexpr int kPatienceMs = 2000;
constexpr long kFinishNs = 3'000'000;
const runner::Buffers kLayout{"cam", "v4l2:fimc0", kBuffers, "NV12", kSize};
const runner::Sink kScreen{"mixer0", "video", "480p60", "v4l2", "none"};

struct CreateFence {  // struct sw_sync_create_fence_data
    uint32_t value;
    char name[32];
    int32_t fence;
};
constexpr unsigned long kCreateFence = _IOWR('W', 0, CreateFence), kIncrement = _IOW('W', 1, uint32_t);

/// Another process, which takes kFinishNs for each picture and then signals its fence.
class Finisher {
public:
    Finisher() : timeline_{Fd::open("/dev/sw_sync", O_RDWR)} {
        int ends[2];
        if (::pipe(ends) != 0) throw SystemError{"finisher", "pipe"};
        from_ = Fd{ends[0]};
        to_ = Fd{ends[1]};
        child_ = ::fork();
        if (child_ == 0) work();
    }
    ~Finisher() {
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
    }
    Finisher(const Finisher&) = delete;

    /// Returns a fence: the picture is finished then.
    Fd begin() {
        CreateFence fence{++pictures_, "finished", -1};
        if (::ioctl(timeline_.get(), kCreateFence, &fence) != 0) throw SystemError{"sw_sync", "CREATE_FENCE"};
        if (::write(to_.get(), "x", 1) != 1) throw SystemError{"finisher", "write"};
        return Fd{fence.fence};
    }

private:
    [[noreturn]] void work() const {
        for (char byte; ::read(from_.get(), &byte, 1) == 1;) {
            const timespec pause{0, kFinishNs};
            ::nanosleep(&pause, nullptr);
            uint32_t one = 1;
            ::ioctl(timeline_.get(), kIncrement, &one);
        }
        ::_exit(0);
    }

    Fd timeline_, from_, to_;
    pid_t child_ = -1;
    uint32_t pictures_ = 0;
};

void run(uint32_t frames) {
    auto camera = runner::V4l2Device::find("fimc0", runner::Queue::capture);
    camera.set_format("NV12", kSize);
    camera.set_rate(kRate);
    camera.request_buffers(kBuffers, V4L2_MEMORY_MMAP);
    const auto display = runner::open_display(kScreen, kLayout);
    std::vector<Fd> dmabufs;
    std::vector<int> fds;
    for (uint32_t i = 0; i < kBuffers; ++i) {
        dmabufs.push_back(camera.export_buffer(i));
        fds.push_back(dmabufs.back().get());
        camera.queue({.index = i});
    }
    display->import(fds);
    Finisher finisher;
    camera.stream_on();
    for (uint32_t shown = 0; shown < frames;) {
        if (!is_ready(camera.fd(), POLLIN, kPatienceMs)) throw Error{"no picture"};
        const runner::BufferSlot picture = camera.dequeue();
        const Fd fence = finisher.begin();
        if (!is_ready(fence.get(), POLLIN, kPatienceMs)) throw Error{"no fence"};
        display->show(picture.index, picture.bytes);
        ++shown;
        if (!is_ready(display->fd(), display->events(), 0)) continue;
        if (const auto left = display->take_back()) camera.queue({.index = *left});
    }
    const timespec last_picture{0, 50'000'000};
    ::nanosleep(&last_picture, nullptr);
    camera.stream_off();
    display->stop();
}

}  // namespace

int main(int argc, char* argv[]) {
    try {
        run(argc > 1 ? static_cast<uint32_t>(std::atoi(argv[1])) : 6);
        return 0;
    } catch (const apps::Error& e) {
        std::fprintf(stderr, "fenced_frames: %s\n", e.what());
        return 1;
    }
}
