// Every exporter of a dma-buf with every importer (MISSION B5, C3): the device or the processor behind the
// importer sees what the program wrote, or the importer is refused, with a reason in /proc/dma_buf. Whether a
// device may be refused follows from two facts alone: it has no SysMMU, and the memory is not contiguous.
// Prints the table. Argument: "iommu" or "direct" (no device has a SysMMU).
#include <exysim/g2d.h>

#include <functional>
#include <memory>

#include "dma_test.hpp"
#include "drm.hpp"
#include "ion.hpp"
#include "tap.hpp"
#include "v4l2_test.hpp"

namespace {

constexpr unsigned kWidth = 256, kHeight = 192, kBytes = kWidth * kHeight * 3 / 2;
constexpr unsigned kExporters = 13, kImporters = 5;
bool iommu = true;

unsigned char pattern(unsigned i) { return static_cast<unsigned char>(i * 7 + i / kWidth * 3); }

/// The `which`th node that can do this, counted from 0.
int open_node(const char* driver, unsigned capability, int which) {
    for (int i = 0; i < 32; ++i) {
        const int fd = ::open(("/dev/video" + std::to_string(i)).c_str(), O_RDWR);
        v4l2_capability c{};
        const bool is_one = fd >= 0 && ::ioctl(fd, VIDIOC_QUERYCAP, &c) == 0 &&
                            std::strcmp(reinterpret_cast<char*>(c.driver), driver) == 0 &&
                            c.device_caps & capability;
        if (is_one && which-- == 0) return fd;
        if (fd >= 0) ::close(fd);
    }
    return -1;
}
int open_converter(int which) { return open_node("exynos4-fimc", V4L2_CAP_VIDEO_M2M_MPLANE, which); }

// --- Exporters: a descriptor; whatever else they need lives as long as the function object

using Make = std::function<int()>;

Make from_v4l2(int device, v4l2_buf_type type) {
    auto queue = std::make_shared<v4l2::Queue>(device, type);
    queue->format(V4L2_PIX_FMT_NV12, kWidth, kHeight);
    queue->request(1, V4L2_MEMORY_MMAP);
    return [queue] { return queue->export_fd(); };
}
Make from_heap(const char* name) {
    return [name] { return dmabuf::heap_alloc(name, kBytes); };
}
Make from_ion(unsigned heap, unsigned flags = 0) {
    return [heap, flags] {
        Ion ion;
        return ion.alloc(1U << heap, flags, kBytes) == 0 ? ion.share() : -1;
    };
}
Make from_drm(unsigned flags) {
    return [flags] {
        const drm::File card{drm::kCard};
        drm_exynos_gem_create c{kBytes, flags, 0};
        return card.call(DRM_IOCTL_EXYNOS_GEM_CREATE, c) == 0 ? drm::to_fd(card, c.handle) : -1;
    };
}

struct Exporter {
    const char* name;
    Make make;
    bool moves = false;  ///< its memory follows the devices
    bool ion = false;
};

std::vector<Exporter> exporters() {
    constexpr auto kOut = V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE;
    const int camera = open_node("vivid", V4L2_CAP_VIDEO_CAPTURE, 0);
    return {{"v4l2 dma-contig", from_v4l2(open_converter(0), kOut)},
            {"v4l2 dma-sg", from_v4l2(open_converter(1), kOut)},
            {"v4l2 vmalloc", from_v4l2(camera, V4L2_BUF_TYPE_VIDEO_CAPTURE)},
            {"heap system", from_heap("system")},
            {"heap reserved", from_heap("reserved")},
            {"ion system", from_ion(ION_HEAP_TYPE_SYSTEM), false, true},
            {"ion contig", from_ion(ION_HEAP_TYPE_SYSTEM_CONTIG), false, true},
            {"ion carveout", from_ion(ION_HEAP_TYPE_CARVEOUT), false, true},
            {"ion cma", from_ion(ION_HEAP_TYPE_DMA), false, true},
            {"ion auto", from_ion(ION_HEAP_ID_AUTO), true, true},
            {"ion system cached", from_ion(ION_HEAP_TYPE_SYSTEM, ION_FLAG_CACHED), false, true},
            {"drm scattered", from_drm(EXYNOS_BO_NONCONTIG | EXYNOS_BO_WC)},
            {"drm contig cached", from_drm(EXYNOS_BO_CONTIG | EXYNOS_BO_CACHABLE)}};
}

// --- Importers: 0, or the errno of the import; `wrong` counts what they see differently

struct Seen {
    int error = 0;
    unsigned wrong = 0;
};

unsigned count_wrong(const unsigned char* at) {
    unsigned wrong = 0;
    for (unsigned i = 0; i < kBytes; ++i) wrong += at[i] != pattern(i);
    return wrong;
}

/// A FIMC copies the picture into memory of its own.
Seen into_fimc(int which, int fd) {
    const int device = open_converter(which);
    v4l2::Queue in{device, V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE},
        out{device, V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE};
    in.format(V4L2_PIX_FMT_NV12, kWidth, kHeight);
    out.format(V4L2_PIX_FMT_NV12, kWidth, kHeight);
    in.request(1, V4L2_MEMORY_DMABUF);
    out.request(1, V4L2_MEMORY_MMAP);
    Seen seen;
    if (in.queue_fd(fd) != 0) {
        seen.error = errno;
    } else {
        unsigned char* to = out.map();
        out.queue();
        in.stream(true);
        out.stream(true);
        seen.wrong = out.dequeue() == 0 && to ? count_wrong(to) : kBytes;
        if (to) ::munmap(to, kBytes);
    }
    ::close(device);
    return seen;
}

/// The virtual output reads the picture through a kernel mapping, and the virtual camera shows it. Both keep
/// the last buffer until they have another.
Seen into_vivid(int fd) {
    v4l2::Queue screen{open_node("vivid", V4L2_CAP_VIDEO_OUTPUT_MPLANE, 0),
                       V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE};
    screen.format(V4L2_PIX_FMT_NV12, kWidth, kHeight);
    screen.request(2, V4L2_MEMORY_DMABUF);
    Seen seen;
    if (screen.queue_fd(fd, 0) != 0 || screen.queue_fd(fd, 1) != 0) {
        seen.error = errno;
        ::close(screen.fd);
        return seen;
    }
    if (screen.stream(true) != 0 || screen.dequeue() != 0) seen.wrong = kBytes;
    v4l2::Queue camera{open_node("vivid", V4L2_CAP_VIDEO_CAPTURE_MPLANE, 0),
                       V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE};
    v4l2_control looped{V4L2_CID_TEST_PATTERN, 2};
    ::ioctl(camera.fd, VIDIOC_S_CTRL, &looped);
    camera.format(V4L2_PIX_FMT_NV12, kWidth, kHeight);
    const bool runs = camera.request(2, V4L2_MEMORY_MMAP) == 0 && camera.queue(0) == 0 &&
                      camera.queue(1) == 0 && camera.stream(true) == 0 && camera.dequeue() == 0;
    unsigned char* to = runs ? camera.map(camera.last.index) : nullptr;
    seen.wrong += to ? count_wrong(to) : kBytes;
    if (to) ::munmap(to, kBytes);
    ::close(camera.fd);
    ::close(screen.fd);
    return seen;
}

/// The 2D engine looks at its address of the object that the display device imported.
Seen into_drm(int fd) {
    const drm::File card{drm::kCard};
    const uint32_t handle = drm::to_handle(card, fd);
    if (!handle) return {errno, 0};
    drm_exysim_g2d_address a{handle, 0, 0};
    if (card.call(DRM_IOCTL_EXYSIM_G2D_ADDRESS, a) != 0) return {errno, 0};
    dma::Device eye{"g2d"};
    Seen seen;
    for (unsigned i = 0; i < kBytes; i += 252) {
        const unsigned word = pattern(i) | pattern(i + 1) << 8 | pattern(i + 2) << 16 | pattern(i + 3) << 24;
        seen.wrong += eye.peek(static_cast<unsigned>(a.address), i) != word;
    }
    return seen;
}

/// ION has the bytes when the descriptor it gives back shows them.
Seen into_ion(int fd) {
    Ion ion;
    ion.handle = ion.import(fd);
    if (ion.handle < 0) return {errno, 0};
    const int again = ion.share();
    void* at = ::mmap(nullptr, kBytes, PROT_READ, MAP_SHARED, again, 0);
    const Seen seen{0, at == MAP_FAILED ? kBytes : count_wrong(static_cast<unsigned char*>(at))};
    if (at != MAP_FAILED) ::munmap(at, kBytes);
    ::close(again);
    return seen;
}

struct Importer {
    const char* name;
    Seen (*take)(int fd);
    bool is_device;  ///< cannot see memory out of its reach
};
constexpr Importer kAll[kImporters] = {
    {"v4l2 dma-contig", [](int fd) { return into_fimc(0, fd); }, true},
    {"v4l2 dma-sg", [](int fd) { return into_fimc(1, fd); }, true},
    {"v4l2 vmalloc", into_vivid, false},
    {"drm", into_drm, true},
    {"ion", into_ion, false},
};

// --- One pair

bool write_picture(int fd) {
    void* at = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED) return false;
    dmabuf::sync(fd, DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE);
    for (unsigned i = 0; i < kBytes; ++i) static_cast<unsigned char*>(at)[i] = pattern(i);
    dmabuf::sync(fd, DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE);
    ::munmap(at, kBytes);
    return true;
}

std::string after(const std::string& text, const char* word) {
    const size_t at = text.find(word);
    return at == std::string::npos ? "" : text.substr(at + std::strlen(word), text.find('\n', at) - at);
}

/// What the pair must come to: 0 or an errno.
int expected(const Exporter& from, const Importer& to, bool contiguous) {
    if (std::strcmp(to.name, "ion") == 0) return from.ion ? 0 : EINVAL;
    const bool reached = !to.is_device || iommu || contiguous || from.moves;
    return reached ? 0 : EINVAL;
}

/// Returns the table's cell.
std::string try_pair(const Exporter& from, const Importer& to) {
    const std::string title = std::string{from.name} + " -> " + to.name;
    const int fd = from.make();
    ::ioctl(fd, DMA_BUF_SET_NAME_A, "pair");
    if (fd < 0 || !write_picture(fd)) {
        tap::ok(false, title.c_str());
        return "no buffer";
    }
    const std::string before = dmabuf::listing("pair");
    const bool contiguous = before.find(" memory contiguous ") != std::string::npos;
    const long long refusals = dmabuf::count("refusals");
    const Seen seen = to.take(fd);
    const std::string reason = after(dmabuf::listing("pair"), "refused ");
    const bool refused_at_attach = dmabuf::count("refusals") - refusals == 1 && !reason.empty();
    const int wanted = expected(from, to, contiguous);
    const bool as_wanted = seen.error == wanted && seen.wrong == 0;
    tap::ok(as_wanted && refused_at_attach == (wanted && to.is_device), title.c_str());
    if (!as_wanted) std::printf("# errno %d, %u wrong, wanted errno %d\n", seen.error, seen.wrong, wanted);
    ::close(fd);
    if (seen.error == 0) return "works";
    return reason.empty() ? "not its own" : reason.substr(reason.find(": ") + 2, 23);
}

}  // namespace

int main(int argc, char** argv) {
    iommu = argc < 2 || std::strcmp(argv[1], "direct") != 0;
    tap::plan(kExporters * kImporters + 3);
    std::string table = "# exporter            ";
    const auto cell = [&](const std::string& text) { table += text + std::string(25 - text.size(), ' '); };
    for (const Importer& to : kAll) cell(to.name);
    for (const Exporter& from : exporters()) {
        table += "\n# " + (from.name + std::string(20 - std::strlen(from.name), ' '));
        for (const Importer& to : kAll) cell(try_pair(from, to));
    }
    std::printf("%s\n", table.c_str());
    tap::is(dmabuf::count("attaches") - dmabuf::count("detaches"), 0, "every attach had its detach");
    tap::is(dmabuf::count("maps") - dmabuf::count("unmaps"), 0, "every map its unmap");
    tap::is(dmabuf::count("buffers"), 0, "no buffer is left");
    return tap::finish();
}
