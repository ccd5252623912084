// Random calls with half-valid arguments on the nodes of V4L2 (the media device and sub-devices too),
// dma-heaps, ION, sw_sync and DRM, and on the descriptors that come out of them, each of which may go into
// any other: an errno or success, never a crash, and nothing left behind. All of DRM has drm_fuzz. `node_fuzz
// N SEED` does N calls.
#include <exysim/g2d.h>
#include <exysim/ion.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/ion.h>
#include <linux/media.h>
#include <linux/sync_file.h>
#include <linux/v4l2-subdev.h>
#include <linux/videodev2.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "drm.hpp"
#include "random.hpp"
#include "tap.hpp"

namespace {

enum class Target { video, media, subdevice, heap, ion, timeline, card, any };

constexpr int kNowhere = -1;

/// A call, and what of its argument has to make sense for the call to get anywhere.
struct Call {
    Target target;
    unsigned long command;
    int type = kNowhere;     ///< offset of a buffer type
    int memory = kNowhere;   ///< offset of a v4l2_memory
    int pointer = kNowhere;  ///< offset of a pointer that is often good
    int count = kNowhere;    ///< offset of a word that says how much memory or how many lines are wanted ...
    uint32_t most = 0;  ///< ... and the bits it may have, lest everything ends in "no memory" or takes ages
};

constexpr int kBufferType = offsetof(v4l2_buffer, type), kBufferMemory = offsetof(v4l2_buffer, memory),
              kBufferPlanes = offsetof(v4l2_buffer, m);
constexpr int kCreateFormat = offsetof(v4l2_create_buffers, format);

constexpr Call kCalls[] = {
    {Target::video, VIDIOC_QUERYCAP},
    {Target::video, VIDIOC_ENUM_FMT, offsetof(v4l2_fmtdesc, type)},
    {Target::video, VIDIOC_G_FMT, 0},
    {Target::video, VIDIOC_S_FMT, 0},
    {Target::video, VIDIOC_TRY_FMT, 0},
    {Target::video, VIDIOC_REQBUFS, offsetof(v4l2_requestbuffers, type),
     offsetof(v4l2_requestbuffers, memory), kNowhere, offsetof(v4l2_requestbuffers, count), 3},
    {Target::video, VIDIOC_CREATE_BUFS, kCreateFormat, offsetof(v4l2_create_buffers, memory), kNowhere,
     offsetof(v4l2_create_buffers, count), 3},
    {Target::video, VIDIOC_QUERYBUF, kBufferType, kBufferMemory, kBufferPlanes},
    {Target::video, VIDIOC_PREPARE_BUF, kBufferType, kBufferMemory, kBufferPlanes},
    {Target::video, VIDIOC_QBUF, kBufferType, kBufferMemory, kBufferPlanes},
    {Target::video, VIDIOC_QBUF, kBufferType, kBufferMemory, kBufferPlanes},
    {Target::video, VIDIOC_DQBUF, kBufferType, kBufferMemory, kBufferPlanes},
    {Target::video, VIDIOC_EXPBUF, 0},
    {Target::video, VIDIOC_STREAMON, 0},
    {Target::video, VIDIOC_STREAMOFF, 0},
    {Target::video, VIDIOC_G_PARM, 0},
    {Target::video, VIDIOC_S_PARM, 0},
    {Target::video, VIDIOC_ENUMINPUT},
    {Target::video, VIDIOC_G_INPUT},
    {Target::video, VIDIOC_S_INPUT},
    {Target::video, VIDIOC_ENUMOUTPUT},
    {Target::video, VIDIOC_S_OUTPUT},
    {Target::video, VIDIOC_ENUM_DV_TIMINGS},
    {Target::video, VIDIOC_G_DV_TIMINGS},
    {Target::video, VIDIOC_S_DV_TIMINGS},
    {Target::video, VIDIOC_DV_TIMINGS_CAP},
    {Target::video, VIDIOC_ENUM_FRAMESIZES},
    {Target::video, VIDIOC_ENUM_FRAMEINTERVALS},
    {Target::video, VIDIOC_G_SELECTION, 0},
    {Target::video, VIDIOC_S_SELECTION, 0},
    {Target::video, VIDIOC_CROPCAP, 0},
    {Target::video, VIDIOC_G_CROP, 0},
    {Target::video, VIDIOC_S_CROP, 0},
    {Target::video, VIDIOC_QUERYCTRL},
    {Target::video, VIDIOC_QUERY_EXT_CTRL},
    {Target::video, VIDIOC_QUERYMENU},
    {Target::video, VIDIOC_G_CTRL},
    {Target::video, VIDIOC_S_CTRL},
    {Target::video, VIDIOC_G_EXT_CTRLS, kNowhere, kNowhere, offsetof(v4l2_ext_controls, controls)},
    {Target::video, VIDIOC_S_EXT_CTRLS, kNowhere, kNowhere, offsetof(v4l2_ext_controls, controls)},
    {Target::video, VIDIOC_TRY_EXT_CTRLS, kNowhere, kNowhere, offsetof(v4l2_ext_controls, controls)},
    {Target::video, VIDIOC_SUBSCRIBE_EVENT},
    {Target::video, VIDIOC_UNSUBSCRIBE_EVENT},
    {Target::video, VIDIOC_DQEVENT},
    {Target::video, VIDIOC_G_PRIORITY},
    {Target::video, VIDIOC_S_PRIORITY},
    {Target::media, MEDIA_IOC_DEVICE_INFO},
    {Target::media, MEDIA_IOC_ENUM_ENTITIES},
    {Target::media, MEDIA_IOC_ENUM_LINKS, kNowhere, kNowhere, offsetof(media_links_enum, links)},
    {Target::media, MEDIA_IOC_SETUP_LINK},
    {Target::media, MEDIA_IOC_G_TOPOLOGY, kNowhere, kNowhere, offsetof(media_v2_topology, ptr_entities)},
    {Target::subdevice, VIDIOC_SUBDEV_QUERYCAP},
    {Target::subdevice, VIDIOC_SUBDEV_ENUM_MBUS_CODE},
    {Target::subdevice, VIDIOC_SUBDEV_ENUM_FRAME_SIZE},
    {Target::subdevice, VIDIOC_SUBDEV_ENUM_FRAME_INTERVAL},
    {Target::subdevice, VIDIOC_SUBDEV_G_FMT},
    {Target::subdevice, VIDIOC_SUBDEV_S_FMT, kNowhere, kNowhere, kNowhere,
     offsetof(v4l2_subdev_format, format.height), 0xFF},
    {Target::subdevice, VIDIOC_SUBDEV_G_CROP},
    {Target::subdevice, VIDIOC_SUBDEV_S_CROP},
    {Target::subdevice, VIDIOC_SUBDEV_G_SELECTION},
    {Target::subdevice, VIDIOC_SUBDEV_S_SELECTION},
    {Target::subdevice, VIDIOC_SUBDEV_G_FRAME_INTERVAL},
    {Target::subdevice, VIDIOC_SUBDEV_S_FRAME_INTERVAL},
    {Target::heap, DMA_HEAP_IOCTL_ALLOC, kNowhere, kNowhere, kNowhere, 0, 0xFFFF},
    {Target::ion, ION_IOC_ALLOC, kNowhere, kNowhere, kNowhere, 0, 0xFFFF},
    {Target::ion, ION_IOC_FREE},
    {Target::ion, ION_IOC_MAP},
    {Target::ion, ION_IOC_SHARE},
    {Target::ion, ION_IOC_IMPORT},
    {Target::ion, ION_IOC_CUSTOM, kNowhere, kNowhere, offsetof(ion_custom_data, arg)},
    {Target::ion, ION_IOC_SYNC},
    {Target::ion, ION_IOC_HEAP_QUERY, kNowhere, kNowhere, offsetof(ion_heap_query, heaps)},
    {Target::timeline, _IOWR('W', 0, uint32_t[10])},  // SW_SYNC_IOC_CREATE_FENCE
    {Target::timeline, _IOW('W', 1, uint32_t)},       // SW_SYNC_IOC_INC
    {Target::card, DRM_IOCTL_PRIME_FD_TO_HANDLE},
    {Target::card, DRM_IOCTL_PRIME_FD_TO_HANDLE},
    {Target::card, DRM_IOCTL_PRIME_HANDLE_TO_FD},
    {Target::card, DRM_IOCTL_GEM_CLOSE},
    {Target::card, DRM_IOCTL_EXYNOS_GEM_CREATE, kNowhere, kNowhere, kNowhere, 0, 0xFFFF},
    {Target::card, DRM_IOCTL_EXYNOS_GEM_MAP},
    {Target::card, DRM_IOCTL_MODE_CREATE_DUMB, kNowhere, kNowhere, kNowhere, 0, 0xFF},
    {Target::card, DRM_IOCTL_MODE_ADDFB2},
    {Target::card, DRM_IOCTL_MODE_RMFB},
    {Target::card, DRM_IOCTL_MODE_SETCRTC},
    {Target::card, DRM_IOCTL_MODE_SETPLANE},
    {Target::card, DRM_IOCTL_MODE_PAGE_FLIP},
    {Target::card, DRM_IOCTL_EXYNOS_G2D_SET_CMDLIST, kNowhere, kNowhere, 0},
    {Target::card, DRM_IOCTL_EXYNOS_G2D_EXEC},
    {Target::card, DRM_IOCTL_EXYSIM_G2D_ADDRESS},
    {Target::any, SYNC_IOC_MERGE},
    {Target::any, SYNC_IOC_FILE_INFO, kNowhere, kNowhere, offsetof(sync_file_info, sync_fence_info)},
    {Target::any, DMA_BUF_IOCTL_SYNC},
    {Target::any, DMA_BUF_SET_NAME_A},
    {Target::any, DMA_BUF_SET_NAME_B},
    {Target::any, DMA_BUF_IOCTL_EXPORT_SYNC_FILE},
    {Target::any, DMA_BUF_IOCTL_IMPORT_SYNC_FILE},
};
constexpr uint32_t kCallCount = sizeof kCalls / sizeof kCalls[0];

constexpr uint32_t kTypes[] = {V4L2_BUF_TYPE_VIDEO_CAPTURE, V4L2_BUF_TYPE_VIDEO_OUTPUT,
                               V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE, V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE};
constexpr uint32_t kFourccs[] = {V4L2_PIX_FMT_NV12, V4L2_PIX_FMT_NV12M, V4L2_PIX_FMT_YUYV, V4L2_PIX_FMT_BGR32,
                                 V4L2_PIX_FMT_YUV420M};

/// Memory that devices and the kernel may write as they like. Behind it nothing is mapped.
struct Scratch {
    static constexpr uint32_t kBytes = 256 << 10, kPage = 4096;
    Scratch() {
        void* all = ::mmap(nullptr, kBytes + kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        ::mprotect(all, kBytes, PROT_READ | PROT_WRITE);
        at = static_cast<uint8_t*>(all);
    }
    ~Scratch() { ::munmap(at, kBytes + kPage); }
    uint8_t* at;
};

class Fuzz {
public:
    explicit Fuzz(uint64_t seed) : random_{Random::seeded(seed)} { open_all(); }
    ~Fuzz() { close_all(); }
    bool all_open() const {
        return !video_.empty() && media_ >= 0 && subdevices_.size() >= 2 && heaps_.size() == 2 && ion_ >= 0 &&
               timeline_ >= 0 && card_ >= 0;
    }
    int first_video() const { return video_.front(); }
    uint32_t succeeded() const { return succeeded_; }

    void step() {
        const Call& call = kCalls[random_.below(kCallCount)];
        alignas(8) uint8_t argument[512] = {};
        fill(argument, _IOC_SIZE(call.command));
        make_sense(call, argument);
        if (random_.below(16) == 0) fill(scratch_.at, 1024);
        succeeded_ += ::ioctl(target(call.target), call.command, argument) == 0;
        if (random_.below(16) == 0) map_something();
        if (random_.below(256) == 0) close_loose();
        if (random_.below(4096) == 0) close_all(), open_all();
    }

private:
    static constexpr int kFirstLoose = 32, kLastLoose = 250;  ///< descriptors that calls have made

    void open_all() {
        for (int i = 0; i < 16; ++i) keep(video_, ("/dev/video" + std::to_string(i)).c_str());
        for (int i = 0; i < 8; ++i) keep(subdevices_, ("/dev/v4l-subdev" + std::to_string(i)).c_str());
        media_ = ::open("/dev/media0", O_RDWR);
        for (const char* heap : {"/dev/dma_heap/system", "/dev/dma_heap/reserved"}) keep(heaps_, heap);
        ion_ = ::open("/dev/ion", O_RDWR);
        timeline_ = ::open("/dev/sw_sync", O_RDWR);
        card_ = ::open(drm::kCard, O_RDWR | O_NONBLOCK);
        // What calls make comes above these
        for (int fd = ::dup(0); fd >= 0 && fd < kFirstLoose - 1; fd = ::dup(0)) {
        }
    }
    static void keep(std::vector<int>& files, const char* path) {
        const int fd = ::open(path, O_RDWR | O_NONBLOCK);
        if (fd >= 0) files.push_back(fd);
    }
    void close_all() {
        for (int fd = 3; fd < kLastLoose; ++fd) ::close(fd);
        video_.clear();
        subdevices_.clear();
        heaps_.clear();
    }
    static void close_loose() {
        for (int fd = kFirstLoose; fd < kLastLoose; ++fd) ::close(fd);
    }

    int target(Target t) {
        switch (t) {
            case Target::video:
                return video_[random_.below(static_cast<uint32_t>(video_.size()))];
            case Target::media:
                return media_;
            case Target::subdevice:
                return subdevices_[random_.below(static_cast<uint32_t>(subdevices_.size()))];
            case Target::heap:
                return heaps_[random_.below(static_cast<uint32_t>(heaps_.size()))];
            case Target::ion:
                return ion_;
            case Target::timeline:
                return timeline_;
            case Target::card:
                return card_;
            default:
                return static_cast<int>(random_.below(64));
        }
    }
    uint32_t pointer() {
        return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(scratch_.at)) +
               8 * random_.below(Scratch::kBytes / 8);
    }
    /// Indices, descriptors, flags, sizes, formats, pointers to scratch memory, and anything that is not the
    /// address of this program's own memory.
    uint32_t word() {
        constexpr uint32_t kKernelSpace = 0xC000'0000;
        switch (random_.below(8)) {
            case 0:
            case 1:
                return random_.below(4);
            case 2:
                return random_.below(64);
            case 3:
                return 1U << (random_.below(2) ? random_.below(13) : 27 + random_.below(5));
            case 4:
                return 16 * random_.below(24);
            case 5:
                return kFourccs[random_.below(sizeof kFourccs / sizeof kFourccs[0])];
            case 6:
                return pointer();
            default:
                return static_cast<uint32_t>(random_.next()) | kKernelSpace;
        }
    }
    void fill(uint8_t* to, size_t bytes) {
        for (size_t i = 0; i + 4 <= bytes; i += 4)
            put(to, static_cast<int>(i), random_.below(3) ? word() : 0);
    }
    static void put(uint8_t* argument, int offset, uint32_t value) {
        if (offset != kNowhere) std::memcpy(argument + offset, &value, sizeof value);
    }
    void make_sense(const Call& call, uint8_t* argument) {
        if (random_.below(8)) put(argument, call.type, kTypes[random_.below(4)]);
        if (random_.below(8)) put(argument, call.memory, V4L2_MEMORY_MMAP + random_.below(4));
        if (random_.below(4)) put(argument, call.pointer, pointer());
        if (call.count != kNowhere)
            put(argument, call.count, static_cast<uint32_t>(random_.next()) & call.most);
    }
    /// Any descriptor at any place of its own; the mapping goes at once.
    void map_something() {
        constexpr size_t kBytes = 8192;
        const auto page = static_cast<off64_t>(random_.below(2) ? random_.below(64) : random_.next() >> 40);
        void* at = ::mmap64(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED,
                            static_cast<int>(random_.below(64)), page * 4096);
        if (at == MAP_FAILED) return;
        ++succeeded_;
        ::munmap(at, kBytes);
    }

    Random random_;
    Scratch scratch_;
    std::vector<int> video_, subdevices_, heaps_;
    int media_ = -1, ion_ = -1, timeline_ = -1, card_ = -1;
    uint32_t succeeded_ = 0;
};

}  // namespace

int main(int argc, char* argv[]) {
    const int calls = argc > 1 ? std::atoi(argv[1]) : 10000;
    const uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 0) : 1;
    tap::plan(12);
    {
        Fuzz fuzz{seed};
        if (!tap::ok(fuzz.all_open(), "there are all nodes")) return tap::finish();
        for (int i = 0; i < calls; ++i) fuzz.step();
        v4l2_capability caps{};
        tap::is(::ioctl(fuzz.first_video(), VIDIOC_QUERYCAP, &caps), 0, "a node answers after all calls");
        tap::ok(fuzz.succeeded() > static_cast<uint32_t>(calls) / 20, "a good part of them was valid");
        std::printf("# %u of %d succeeded\n", fuzz.succeeded(), calls);
    }
    for (const char* count : {"owned", "pinned", "imported"})
        tap::is(proc::value("/proc/video", count), 0, ("no plane is left " + std::string{count}).c_str());
    tap::is(proc::value("/proc/video", "maps") - proc::value("/proc/video", "unmaps"), 0,
            "every map had its unmap");
    tap::is(proc::value("/proc/dma_buf", "buffers"), 0, "no dma-buf is left");
    tap::is(proc::value("/proc/dma_buf", "mapped"), 0, "nor a mapping of one");
    tap::is(proc::value("/proc/dma_buf", "attaches") - proc::value("/proc/dma_buf", "detaches"), 0,
            "every attach had its detach");
    tap::is(drm::count("gem"), 0, "no object of DRM's is left");
    tap::is(proc::value("/proc/dri", "framebuffers"), 0, "nor a framebuffer");
    return tap::finish();
}
