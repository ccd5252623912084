// A raw camera's pictures on a television: sensor, MIPI receiver and FIMC bring the mosaic into cached
// memory, the processor makes colours of it, the mixer shows them. `raw_camera ORDER BITS FRAMES`: which
// colour the mosaic begins with (the sensor is mirrored and flipped for it), 8 or 10 bits a pixel, how many
// pictures.
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/media-bus-format.h>
#include <linux/v4l2-subdev.h>
#include <poll.h>
#include <sys/ioctl.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "apps/raw_camera/demosaic.hpp"
#include "apps/runner/camera_graph.hpp"
#include "apps/runner/sink.hpp"
#include "apps/support/error.hpp"

namespace apps::raw_camera {

namespace {

constexpr runner::Size kSize{1280, 720};
constexpr size_t kPictureBytes = size_t{kSize.width} * kSize.height * 3 / 2;
constexpr uint32_t kRawBuffers = 4, kPictures = 4, kRate = 15;
constexpr int kPatienceMs = 2000;
const runner::Buffers kLayout{"picture", "dma_heap", kPictures, "NV12", kSize};
const runner::Sink kScreen{"mixer0", "video", "720p60", "v4l2", "none"};

/// What a mosaic is called on the bus and in memory.
struct RawFormat {
    const char* name;
    BayerOrder order;
    bool ten_bits;
    uint32_t bus_code;
    const char* fourcc;
};
constexpr RawFormat kFormats[] = {
    {"RGGB", BayerOrder::rggb, false, MEDIA_BUS_FMT_SRGGB8_1X8, "RGGB"},
    {"GRBG", BayerOrder::grbg, false, MEDIA_BUS_FMT_SGRBG8_1X8, "GRBG"},
    {"GBRG", BayerOrder::gbrg, false, MEDIA_BUS_FMT_SGBRG8_1X8, "GBRG"},
    {"BGGR", BayerOrder::bggr, false, MEDIA_BUS_FMT_SBGGR8_1X8, "BA81"},
    {"RGGB", BayerOrder::rggb, true, MEDIA_BUS_FMT_SRGGB10_1X10, "pRAA"},
    {"GRBG", BayerOrder::grbg, true, MEDIA_BUS_FMT_SGRBG10_1X10, "pgAA"},
    {"GBRG", BayerOrder::gbrg, true, MEDIA_BUS_FMT_SGBRG10_1X10, "pGAA"},
    {"BGGR", BayerOrder::bggr, true, MEDIA_BUS_FMT_SBGGR10_1X10, "pBAA"},
};

const RawFormat& format_called(const std::string& name, bool ten_bits) {
    for (const RawFormat& f : kFormats) {
        if (name == f.name && ten_bits == f.ten_bits) return f;
    }
    throw Error{"no mosaic begins with " + name + ": RGGB, GRBG, GBRG and BGGR do"};
}

template <class Argument>
void call(const Fd& fd, unsigned long request, Argument& argument, const char* name) {
    if (::ioctl(fd.get(), request, &argument) != 0) throw SystemError{"raw camera", name};
}

void set_control(const Fd& sensor, uint32_t id, bool on) {
    v4l2_control c{id, on};
    call(sensor, VIDIOC_S_CTRL, c, "VIDIOC_S_CTRL");
}

/// The sensor behind the MIPI receiver becomes FIMC's, and sends this format.
void set_up_sensor(runner::CameraGraph& graph, const RawFormat& format) {
    graph.link("s5p-mipi-csis.0", "FIMC.0");
    const Fd sensor = graph.open_sensor();
    set_control(sensor, V4L2_CID_HFLIP, static_cast<unsigned>(format.order) & 1);
    set_control(sensor, V4L2_CID_VFLIP, static_cast<unsigned>(format.order) & 2);
    v4l2_subdev_format f{};
    f.which = V4L2_SUBDEV_FORMAT_ACTIVE;
    f.format.width = kSize.width;
    f.format.height = kSize.height;
    f.format.code = format.bus_code;
    call(sensor, VIDIOC_SUBDEV_S_FMT, f, "VIDIOC_SUBDEV_S_FMT");
    const bool same =
        f.format.code == format.bus_code && f.format.width == kSize.width && f.format.height == kSize.height;
    if (!same) throw Error{"raw camera: the sensor does not send this format"};
}

/// A picture for the display, in cached memory from a dma-heap.
struct Picture {
    Picture() : dmabuf{allocate()}, mapping{dmabuf.get(), kPictureBytes, 0, "dma-buf"} {}
    Fd dmabuf;
    Mapping mapping;

    uint8_t* bytes() const { return static_cast<uint8_t*>(mapping.data()); }
    void turn(uint64_t flags) const {
        dma_buf_sync sync{flags | DMA_BUF_SYNC_WRITE};
        call(dmabuf, DMA_BUF_IOCTL_SYNC, sync, "DMA_BUF_IOCTL_SYNC");
    }

private:
    static Fd allocate() {
        const Fd heap = Fd::open("/dev/dma_heap/system", O_RDWR | O_CLOEXEC);
        dma_heap_allocation_data data{};
        data.len = kPictureBytes;
        data.fd_flags = O_RDWR | O_CLOEXEC;
        call(heap, DMA_HEAP_IOCTL_ALLOC, data, "DMA_HEAP_IOCTL_ALLOC");
        return Fd{static_cast<int>(data.fd)};
    }
};

class RawToScreen {
public:
    explicit RawToScreen(const RawFormat& format)
        : format_{format},
          camera_{runner::V4l2Device::find("fimc0", runner::Queue::capture)},
          pictures_(kPictures),
          display_{runner::open_display(kScreen, kLayout)} {
        runner::CameraGraph graph{camera_};
        set_up_sensor(graph, format);
        camera_.set_format(format.fourcc, kSize);
        camera_.set_rate(kRate);
        camera_.request_buffers(kRawBuffers, V4L2_MEMORY_MMAP, V4L2_MEMORY_FLAG_NON_COHERENT);
        for (uint32_t i = 0; i < kRawBuffers; ++i) mosaics_.push_back(camera_.map_buffer(i));
        std::vector<int> dmabufs;
        for (uint32_t i = 0; i < kPictures; ++i) {
            dmabufs.push_back(pictures_[i].dmabuf.get());
            free_.push_back(i);
        }
        display_->import(dmabufs);
    }
    /// Shows so many pictures, and tells the colours across the middle of the last one.
    void run(uint32_t frames) {
        for (uint32_t i = 0; i < kRawBuffers; ++i) camera_.queue({.index = i});
        camera_.stream_on();
        while (shown_ < frames) step();
        camera_.stream_off();
        camera_runs_ = false;
        while (free_.size() + 1 < kPictures) step();  // all but the last have left the screen
        display_->stop();
        report(pictures_[last_]);
    }

private:
    static void report(const Picture& picture) {
        constexpr uint32_t kPlaces = 8, kLine = kSize.height / 2;
        const uint8_t* luma = picture.bytes() + size_t{kLine} * kSize.width;
        const uint8_t* chroma = picture.bytes() + size_t{kSize.width} * (kSize.height + kLine / 2);
        for (uint32_t i = 0; i < kPlaces; ++i) {
            const uint32_t x = (2 * i + 1) * kSize.width / (2 * kPlaces) & ~1U;
            std::printf("measured place%u.y %u\nmeasured place%u.cb %u\nmeasured place%u.cr %u\n", i, luma[x],
                        i, chroma[x], i, chroma[x + 1]);
        }
    }

    void step() {
        const bool takes = camera_runs_ && !free_.empty();
        pollfd ready[] = {{takes ? camera_.fd() : -1, POLLIN, 0},
                          {free_.size() < kPictures ? display_->fd() : -1, display_->events(), 0}};
        if (::poll(ready, 2, kPatienceMs) < 1) throw Error{"raw camera: nothing happens"};
        if (ready[0].revents & POLLIN) colour(camera_.dequeue().index);
        if (!(ready[1].revents & display_->events())) return;
        if (const auto index = display_->take_back()) free_.push_back(*index);
    }
    void colour(uint32_t raw) {
        const uint32_t index = free_.back();
        free_.pop_back();
        const Picture& picture = pictures_[index];
        picture.turn(DMA_BUF_SYNC_START);
        demosaic_to_nv12({static_cast<const uint8_t*>(mosaics_[raw].data()), kSize.width, kSize.height,
                          format_.order, format_.ten_bits},
                         picture.bytes());
        picture.turn(DMA_BUF_SYNC_END);
        camera_.queue({.index = raw});
        display_->show(index, kPictureBytes);
        last_ = index;
        ++shown_;
    }

    const RawFormat& format_;
    runner::V4l2Device camera_;
    std::vector<Mapping> mosaics_;
    std::vector<Picture> pictures_;
    std::unique_ptr<runner::Display> display_;
    std::vector<uint32_t> free_;
    bool camera_runs_ = true;
    uint32_t shown_ = 0, last_ = 0;
};

}  // namespace

}  // namespace apps::raw_camera

int main(int argc, char* argv[]) {
    if (argc != 4) {
        std::fprintf(stderr, "usage: raw_camera RGGB|GRBG|GBRG|BGGR 8|10 FRAMES\n");
        return 2;
    }
    try {
        using namespace apps::raw_camera;
        const auto frames = static_cast<uint32_t>(std::strtoul(argv[3], nullptr, 10));
        RawToScreen{format_called(argv[1], std::string{argv[2]} == "10")}.run(frames);
        std::printf("measured pictures_shown %u\n", frames);
        return 0;
    } catch (const apps::Error& e) {
        std::fprintf(stderr, "raw_camera: %s\n", e.what());
        return 1;
    }
}
