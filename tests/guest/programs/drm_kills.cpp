// Programs killed while they use DRM (dumb buffers, PRIME, flips, planes, atomic commits, the 2D engine) or
// ION: whatever they held is gone, and the next one runs. `drm_kills N SEED`: so many of each kind, at random
// moments; a third argument chooses kinds by part of their name. Boot with `dma_test`.
#include <cstdlib>

#include "drm_display.hpp"
#include "g2d.hpp"
#include "ion.hpp"
#include "kills.hpp"
#include "v4l2_test.hpp"

namespace {

using drm::Buffer, drm::Display, drm::File, kills::Kind, kills::Stream;

constexpr uint32_t kLongestUs = 50'000;  // three frames of the screen
constexpr uint32_t kBytes = 16 * 4096;

struct OnCard : Stream {
    File card{drm::kCard};
};

// --- The screen

/// Two dumb buffers take turns, each drawn into before it is shown.
class Flips final : public OnCard {
public:
    bool start() override {
        if (!drm::find_display(card, display_)) return false;
        for (Buffer& b : buffers_) {
            b = drm::make_framebuffer(card, display_.mode.hdisplay, display_.mode.vdisplay,
                                      DRM_FORMAT_XRGB8888);
        }
        drm_mode_crtc c = drm::crtc_request(display_, buffers_[0].fb);
        return card.call(DRM_IOCTL_MODE_SETCRTC, c) == 0;
    }
    bool round() override {
        const Buffer& next = buffers_[++shown_ % 2];
        void* pixels = drm::map(card, next.handle, kBytes);
        if (pixels == MAP_FAILED) return false;
        static_cast<volatile uint32_t*>(pixels)[shown_ % 1024] = shown_;
        ::munmap(pixels, kBytes);
        drm_mode_crtc_page_flip flip{display_.crtc, next.fb, DRM_MODE_PAGE_FLIP_EVENT, 0, shown_};
        if (card.call(DRM_IOCTL_MODE_PAGE_FLIP, flip) != 0) return false;
        return drm::next_event(card).user_data == shown_;
    }

private:
    Display display_;
    Buffer buffers_[2];
    uint32_t shown_ = 0;
};

/// The video layer changes by atomic commits that are not waited for.
class AtomicFlips final : public OnCard {
public:
    bool start() override {
        drm_set_client_cap atomic{DRM_CLIENT_CAP_ATOMIC, 1};
        if (!drm::find_display(card, display_) || card.call(DRM_IOCTL_SET_CLIENT_CAP, atomic) != 0)
            return false;
        for (Buffer& b : buffers_)
            b = drm::make_framebuffer(card, display_.mode.hdisplay, display_.mode.vdisplay, DRM_FORMAT_NV12);
        drm_mode_create_blob mode{drm::address(&display_.mode), sizeof display_.mode, 0};
        card.call(DRM_IOCTL_MODE_CREATEPROPBLOB, mode);
        drm::Atomic on = drm::video_request(card, display_, buffers_[0].fb);
        on.add(card, display_.crtc, DRM_MODE_OBJECT_CRTC, "MODE_ID", mode.blob_id);
        on.add(card, display_.crtc, DRM_MODE_OBJECT_CRTC, "ACTIVE", 1);
        on.add(card, display_.connector, DRM_MODE_OBJECT_CONNECTOR, "CRTC_ID", display_.crtc);
        return on.commit(card, DRM_MODE_ATOMIC_ALLOW_MODESET) == 0;
    }
    bool round() override {
        drm::Atomic next = drm::video_request(card, display_, buffers_[++shown_ % 2].fb);
        constexpr uint32_t kFlip = DRM_MODE_ATOMIC_NONBLOCK | DRM_MODE_PAGE_FLIP_EVENT;
        return next.commit(card, kFlip, shown_) == 0 && drm::next_event(card).user_data == shown_;
    }

private:
    Display display_;
    Buffer buffers_[2];
    uint32_t shown_ = 0;
};

/// A camera's buffers, imported and shown on the video layer one after the other.
class CameraToScreen final : public OnCard {
public:
    bool start() override {
        if (!drm::find_display(card, display_)) return false;
        camera_.format(V4L2_PIX_FMT_NV12, kWidth, kHeight);
        v4l2_streamparm p{};
        p.type = camera_.type;
        p.parm.capture.timeperframe = {1, 100};
        ::ioctl(camera_.fd, VIDIOC_S_PARM, &p);
        camera_.request(kBuffers, V4L2_MEMORY_MMAP);
        for (unsigned i = 0; i < kBuffers; ++i) {
            if (!import(i) || camera_.queue(i) != 0) return false;
        }
        const Buffer back =
            drm::make_framebuffer(card, display_.mode.hdisplay, display_.mode.vdisplay, DRM_FORMAT_XRGB8888);
        drm_mode_crtc c = drm::crtc_request(display_, back.fb);
        return card.call(DRM_IOCTL_MODE_SETCRTC, c) == 0 && camera_.stream(true) == 0;
    }
    bool round() override {
        if (camera_.dequeue() != 0) return false;
        const unsigned now = camera_.last.index;
        drm_mode_set_plane s{};
        s.plane_id = display_.planes[2];
        s.crtc_id = display_.crtc;
        s.fb_id = fbs_[now];
        s.crtc_w = display_.mode.hdisplay, s.crtc_h = display_.mode.vdisplay;
        s.src_w = kWidth << 16, s.src_h = kHeight << 16;
        if (card.call(DRM_IOCTL_MODE_SETPLANE, s) != 0) return false;
        const int before = std::exchange(shown_, static_cast<int>(now));
        return before < 0 || camera_.queue(static_cast<unsigned>(before)) == 0;
    }

private:
    static constexpr unsigned kWidth = 320, kHeight = 240, kBuffers = 4;
    bool import(unsigned index) {
        const int fd = camera_.export_fd(index);
        drm_mode_fb_cmd2 f{};
        f.width = kWidth, f.height = kHeight, f.pixel_format = DRM_FORMAT_NV12;
        f.handles[0] = f.handles[1] = drm::to_handle(card, fd);
        f.pitches[0] = f.pitches[1] = kWidth;
        f.offsets[1] = kWidth * kHeight;
        ::close(fd);
        const bool made = card.call(DRM_IOCTL_MODE_ADDFB2, f) == 0;
        fbs_[index] = f.fb_id;
        return made;
    }

    v4l2::Queue camera_{v4l2::open_node("exynos4-fimc", V4L2_CAP_VIDEO_CAPTURE_MPLANE),
                        V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE};
    Display display_;
    uint32_t fbs_[kBuffers] = {};
    int shown_ = -1;
};

// --- Buffers from file to file

/// A dumb buffer made, mapped, exported, imported by another file, and closed in all its forms.
class Prime final : public OnCard {
public:
    bool start() override { return card.fd() >= 0 && other_.fd() >= 0; }
    bool round() override {
        const auto d = drm::create_dumb(card, 128, 128, 32);
        void* at = drm::map(card, d.handle, d.size);
        const int fd = drm::to_fd(card, d.handle);
        const uint32_t there = drm::to_handle(other_, fd);
        const bool good = d.handle && at != MAP_FAILED && there && drm::to_handle(card, fd) == d.handle;
        if (at != MAP_FAILED) *static_cast<volatile uint32_t*>(at) = 1, ::munmap(at, d.size);
        ::close(fd);
        return good && drm::close_handle(card, d.handle) == 0 && drm::close_handle(other_, there) == 0;
    }

private:
    File other_{drm::kRender};
};

/// A dma-heap's buffer that the card imports and the program writes to meanwhile.
class HeapsBuffer final : public OnCard {
public:
    bool start() override { return card.fd() >= 0; }
    bool round() override {
        const int fd = dmabuf::heap_alloc("system", kBytes);
        const uint32_t handle = drm::to_handle(card, fd);
        void* at = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (!handle || at == MAP_FAILED) return false;
        dmabuf::sync(fd, DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE);
        *static_cast<volatile uint32_t*>(at) = handle;
        dmabuf::sync(fd, DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE);
        ::munmap(at, kBytes);
        ::close(fd);
        return drm::close_handle(card, handle) == 0;
    }
};

// --- The 2D engine

constexpr uint32_t kPixels = 1024;  // a side; a fill takes some milliseconds

/// Large fills of a buffer, waited for or with an event for each.
class Fills final : public OnCard {
public:
    explicit Fills(bool events) : events_{events} {}
    bool start() override {
        version_ = g2d::version(card);
        buffer_ = drm::create_dumb(card, kPixels, kPixels, 32);
        return version_ && buffer_.handle;
    }
    bool round() override {
        g2d::List list = g2d::fill(version_, buffer_.handle, 0, g2d::at(kPixels, kPixels), 0xFF000000);
        for (auto& c : list.commands) {
            if (c.offset == g2d::kDstStride) c.data = buffer_.pitch;
            if (c.offset == g2d::kSrcRightBottom) c.data = g2d::at(kPixels, kPixels);
        }
        if (list.submit(card, events_ ? G2D_EVENT_NONSTOP : G2D_EVENT_NOT) != 0) return false;
        if (!events_) return g2d::execute(card) == 0;
        drm_exynos_g2d_event e{};
        return g2d::execute(card, 1) == 0 && ::read(card.fd(), &e, sizeof e) == sizeof e;
    }

private:
    bool events_;
    uint32_t version_ = 0;
    drm_mode_create_dumb buffer_{};
};

/// The engine works on the program's own pages, new ones each time.
class FillsOwnMemory final : public OnCard {
public:
    bool start() override {
        version_ = g2d::version(card);
        return version_ != 0;
    }
    bool round() override {
        void* room = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        const drm_exynos_g2d_userptr memory{reinterpret_cast<unsigned long>(room), kBytes};
        g2d::List list = g2d::fill(version_, 0, 0, g2d::at(g2d::kSide, g2d::kSide), 0xFF000000);
        list.buffers = {{g2d::kDstBase | G2D_BUF_USERPTR, static_cast<uint32_t>(drm::address(&memory))}};
        const bool good = room != MAP_FAILED && g2d::run(card, list) == 0;
        ::munmap(room, kBytes);
        return good;
    }

private:
    uint32_t version_ = 0;
};

// --- ION

/// A buffer of each heap: shared, written to, imported by a second client, mapped for a device, freed.
class IonBuffers final : public Stream {
public:
    bool start() override { return ion_.fd >= 0 && other_.fd >= 0; }
    bool round() override {
        constexpr unsigned kHeaps[] = {ION_HEAP_TYPE_SYSTEM, ION_HEAP_TYPE_SYSTEM_CONTIG, ION_HEAP_TYPE_DMA,
                                       ION_HEAP_ID_AUTO};
        if (ion_.alloc(1U << kHeaps[rounds_ % 4], rounds_ & 4 ? ION_FLAG_CACHED : 0, kBytes) != 0)
            return false;
        ++rounds_;
        const int fd = ion_.share(), there = other_.import(fd);
        void* at = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (there <= 0 || at == MAP_FAILED) return false;
        *static_cast<volatile uint32_t*>(at) = rounds_;
        dmabuf::Importer device;
        const bool reached = device.import(fd) == 0 && device.attach("fimc0") == 0 &&
                             device.map(DMABUF_TEST_BIDIRECTIONAL) == 0;
        ::munmap(at, kBytes);
        ::close(fd);
        return reached && ion_.release(ion_.handle) == 0 && other_.release(there) == 0;
    }

private:
    Ion ion_, other_;
    unsigned rounds_ = 0;
};

/// Device addresses handed to the program (ION_CUSTOM_MAP_DEVICE).
class IonAddresses final : public Stream {
public:
    bool start() override { return ion_.fd >= 0; }
    bool round() override {
        if (ion_.alloc(1U << ION_HEAP_ID_AUTO, 0, kBytes) != 0) return false;
        ion_map_device_data m{ion_.handle, 0, "fimc0"};
        ion_custom_data c{ION_CUSTOM_MAP_DEVICE, reinterpret_cast<unsigned long>(&m)};
        return ::ioctl(ion_.fd, ION_IOC_CUSTOM, &c) == 0 && ion_.release(ion_.handle) == 0;
    }

private:
    Ion ion_;
};

/// A camera fills ION's buffers.
class CameraToIon final : public Stream {
public:
    bool start() override {
        camera_.format(V4L2_PIX_FMT_NV12, 320, 240);
        v4l2_streamparm p{};
        p.type = camera_.type;
        p.parm.capture.timeperframe = {1, 100};
        ::ioctl(camera_.fd, VIDIOC_S_PARM, &p);
        if (camera_.request(kBuffers, V4L2_MEMORY_DMABUF) != 0) return false;
        for (unsigned i = 0; i < kBuffers; ++i) {
            if (ion_.alloc(1U << ION_HEAP_ID_AUTO, 0, camera_.size()) != 0) return false;
            fds_[i] = ion_.share();
            if (camera_.queue_fd(fds_[i], i) != 0) return false;
        }
        return camera_.stream(true) == 0;
    }
    bool round() override {
        return camera_.dequeue() == 0 && camera_.queue_fd(fds_[camera_.last.index], camera_.last.index) == 0;
    }

private:
    static constexpr unsigned kBuffers = 4;
    Ion ion_;
    v4l2::Queue camera_{v4l2::open_node("exynos4-fimc", V4L2_CAP_VIDEO_CAPTURE_MPLANE),
                        V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE};
    int fds_[kBuffers] = {};
};

template <class T>
Stream* make() {
    return new T;
}
Stream* fills_waited_for() { return new Fills{false}; }
Stream* fills_with_events() { return new Fills{true}; }

const Kind kKinds[] = {
    {"DRM: page flips of dumb buffers", make<Flips>},
    {"DRM: atomic commits of the video layer", make<AtomicFlips>},
    {"DRM: a camera's buffers on the video layer", make<CameraToScreen>},
    {"DRM: PRIME from file to file", make<Prime>},
    {"DRM: a heap's buffers imported", make<HeapsBuffer>},
    {"2D engine: lists that are waited for", fills_waited_for},
    {"2D engine: lists with events", fills_with_events},
    {"2D engine: the program's own memory", make<FillsOwnMemory>},
    {"ION: buffers of each heap", make<IonBuffers>},
    {"ION: device addresses for programs", make<IonAddresses>},
    {"ION: buffers that a camera fills", make<CameraToIon>},
};

/// Objects of DRM's and planes of V4L2's that are still there.
long long objects_left() {
    const auto video = [](const char* name) { return proc::value("/proc/video", name); };
    return drm::count("gem") + proc::value("/proc/dri", "framebuffers") + proc::value("/proc/dri", "blobs") +
           video("owned") + video("imported") + video("maps") - video("unmaps");
}

}  // namespace

int main(int argc, char** argv) { return kills::run(argc, argv, kKinds, kLongestUs, objects_left); }
