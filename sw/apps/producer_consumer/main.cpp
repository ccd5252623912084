// Camera to TV by two processes (MISSION E6): the producer has the camera and exports its buffers, the
// consumer has the display and knows the buffers only by the descriptors that came over a Unix socket. Nobody
// copies a picture; the consumer maps each buffer once and reads the first line of its first picture, so that
// both can tell that they have the same memory.
//
//   producer --buffer + fd, picture--> consumer
//            <--------free------------
#include <linux/dma-buf.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <vector>

#include "apps/producer_consumer/channel.hpp"
#include "apps/runner/sink.hpp"
#include "apps/runner/v4l2_device.hpp"
#include "apps/support/error.hpp"

namespace apps::producer_consumer {

namespace {

constexpr uint32_t kFrames = 30, kBuffers = 4, kRate = 30;
constexpr runner::Size kSize{1280, 720};
constexpr int kPatienceMs = 2000;
const runner::Buffers kLayout{"cam", "v4l2:fimc0", kBuffers, "NV12", kSize};
const runner::Sink kScreen{"mixer0", "video", "720p60", "v4l2", "none"};

/// Of the first line; zero is no sum.
uint32_t sum_of(const Mapping& picture) {
    const auto* bytes = static_cast<const volatile uint8_t*>(picture.data());
    uint32_t sum = 1;
    for (uint32_t i = 0; i < kSize.width; ++i) sum = sum * 31 + bytes[i];
    return sum ? sum : 1;
}

/// The same inside the processor's turn with a dma-buf.
uint32_t sum_of_buffer(int dmabuf, const Mapping& picture) {
    dma_buf_sync turn{DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ};
    if (::ioctl(dmabuf, DMA_BUF_IOCTL_SYNC, &turn) != 0) throw SystemError{"dma-buf", "SYNC"};
    const uint32_t sum = sum_of(picture);
    turn.flags = DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ;
    ::ioctl(dmabuf, DMA_BUF_IOCTL_SYNC, &turn);
    return sum;
}

// --- The process with the display

class Consumer {
public:
    explicit Consumer(Channel channel)
        : channel_{std::move(channel)}, display_{runner::open_display(kScreen, kLayout)} {}
    void run() {
        take_buffers();
        while (step()) {
        }
        while (shown_ > 1 && is_ready(display_->fd(), display_->events(), kPatienceMs)) give_back();
        display_->stop();
    }

private:
    void take_buffers() {
        std::vector<int> fds;
        for (uint32_t i = 0; i < kBuffers; ++i) {
            Fd fd;
            const Message m = channel_.receive(&fd);
            if (m.kind != Message::Kind::buffer || fd.get() < 0) throw Error{"consumer: no buffer came"};
            if (::lseek(fd.get(), 0, SEEK_END) != static_cast<off_t>(m.bytes))
                throw Error{"consumer: a buffer has another size than its producer says"};
            mappings_.emplace_back(fd.get(), m.bytes, 0, "dma-buf");
            sums_.push_back(0);
            fds.push_back(fd.get());
            buffers_.push_back(std::move(fd));
        }
        display_->import(fds);
    }
    /// Waits for the producer and for what the display has done with; false at the end.
    bool step() {
        pollfd ready[] = {
            {channel_.fd(), POLLIN, 0},
            {shown_ ? display_->fd() : -1, display_->events(), 0}};  // without a picture: an error
        if (::poll(ready, 2, kPatienceMs) < 1) throw Error{"consumer: nothing happens"};
        if (ready[1].revents & display_->events()) give_back();
        return !ready[0].revents || show_picture();
    }
    bool show_picture() {
        const Message m = channel_.receive();
        if (m.kind != Message::Kind::picture) return false;
        if (sums_.at(m.index) == 0)
            sums_[m.index] = sum_of_buffer(buffers_[m.index].get(), mappings_[m.index]);
        display_->show(m.index, m.bytes);
        ++shown_;
        return true;
    }
    void give_back() {
        const auto index = display_->take_back();
        if (!index) return;
        --shown_;
        channel_.send({Message::Kind::free, *index, 0, sums_.at(*index)});
    }

    Channel channel_;
    std::unique_ptr<runner::Display> display_;
    std::vector<Fd> buffers_;
    std::vector<Mapping> mappings_;
    std::vector<uint32_t> sums_;
    uint32_t shown_ = 0;
};

// --- The process with the camera

class Producer {
public:
    explicit Producer(Channel channel)
        : channel_{std::move(channel)}, camera_{runner::V4l2Device::find("fimc0", runner::Queue::capture)} {
        camera_.set_format(kLayout.format, kSize);
        camera_.set_rate(kRate);
        if (camera_.request_buffers(kBuffers, V4L2_MEMORY_MMAP) != kBuffers)
            throw Error{"producer: too few buffers"};
    }
    void run() {
        share();
        camera_.stream_on();
        while (sent_ < kFrames || sent_ - returned_ > 1) step();
        camera_.stream_off();
        channel_.send({});
    }
    uint32_t compared() const { return compared_; }
    uint32_t sent() const { return sent_; }

private:
    void share() {
        for (uint32_t i = 0; i < kBuffers; ++i) {
            const Fd dmabuf = camera_.export_buffer(i);
            const auto size = static_cast<uint32_t>(::lseek(dmabuf.get(), 0, SEEK_END));
            channel_.send({Message::Kind::buffer, i, size, 0}, dmabuf.get());
            mappings_.push_back(camera_.map_buffer(i));
            sums_.push_back(0);
            camera_.queue({.index = i});
        }
    }
    void step() {
        pollfd ready[] = {{sent_ < kFrames ? camera_.fd() : -1, POLLIN, 0}, {channel_.fd(), POLLIN, 0}};
        if (::poll(ready, 2, kPatienceMs) < 1) throw Error{"producer: nothing happens"};
        if (ready[0].revents & POLLIN) send_picture(camera_.dequeue());
        if (ready[1].revents) take_back(channel_.receive());
    }
    void send_picture(const runner::BufferSlot& slot) {
        if (sums_.at(slot.index) == 0) sums_[slot.index] = sum_of(mappings_[slot.index]);
        channel_.send({Message::Kind::picture, slot.index, slot.bytes, 0});
        ++sent_;
    }
    void take_back(const Message& m) {
        if (m.kind != Message::Kind::free) throw Error{"producer: the consumer is gone"};
        if (m.sum != sums_.at(m.index)) throw Error{"producer: the consumer sees another picture"};
        ++compared_;
        ++returned_;
        camera_.queue({.index = m.index});
    }

    Channel channel_;
    runner::V4l2Device camera_;
    std::vector<Mapping> mappings_;
    std::vector<uint32_t> sums_;
    uint32_t sent_ = 0, returned_ = 0, compared_ = 0;
};

void run_both() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        throw SystemError{"socket", "socketpair"};
    Fd ours{ends[0]}, theirs{ends[1]};
    const pid_t child = ::fork();
    if (child < 0) throw SystemError{"consumer", "fork"};
    if (child == 0) {
        { const Fd closed = std::move(ours); }
        Consumer{Channel{std::move(theirs)}}.run();
        std::fflush(stdout);
        ::_exit(0);
    }
    { const Fd closed = std::move(theirs); }
    Producer producer{Channel{std::move(ours)}};
    producer.run();
    int status = 1;
    ::waitpid(child, &status, 0);
    if (status != 0) throw Error{"the consumer failed"};
    std::printf("measured pictures_sent %u\nmeasured pictures_compared %u\n", producer.sent(),
                producer.compared());
}

}  // namespace

}  // namespace apps::producer_consumer

int main() {
    try {
        apps::producer_consumer::run_both();
        return 0;
    } catch (const apps::Error& e) {
        std::fprintf(stderr, "producer_consumer: %s\n", e.what());
        return 1;
    }
}
