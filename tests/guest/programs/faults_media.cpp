// Each allocation fails once (fault_rounds.hpp): V4L2, DRM, the 2D engine, ION and dma-bufs. Boot with
// `dma_test vivid videobuf`.
#include <exysim/g2d.h>
#include <exysim/ion.h>
#include <linux/media.h>
#include <linux/sync_file.h>
#include <linux/v4l2-subdev.h>
#include <poll.h>

#include "dmabuf_test.hpp"
#include "drm_display.hpp"
#include "fault_rounds.hpp"
#include "g2d.hpp"
#include "v4l2_test.hpp"

namespace {

using faults::each_in_turn;

constexpr unsigned kPage = 4096, kBytes = 4 * kPage;
constexpr unsigned kWidth = 64, kHeight = 64;

void show(int fd, unsigned bytes) {
    void* p = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED) return;
    *static_cast<volatile char*>(p) = 1;
    ::munmap(p, bytes);
}

// --- V4L2

/// Two buffers in every way they are passed on, and the stream switched on and off.
void use(v4l2::Queue& q, unsigned memory) {
    q.format(V4L2_PIX_FMT_NV12, kWidth, kHeight);
    if (q.request(2, memory) != 0) return;
    if (memory == V4L2_MEMORY_MMAP) {
        if (unsigned char* p = q.map()) ::munmap(p, q.planes[0].length);
        if (const int fd = q.export_fd(); fd >= 0) ::close(fd);
        q.queue(0);
    } else {
        const int fd = dmabuf::heap_alloc("reserved", 4 * kBytes);
        q.queue_fd(fd, 0);
        ::close(fd);
    }
    if (q.stream(true) == 0) q.stream(false);
    q.request(0, memory);
}
void use_node(const char* driver, unsigned capability, v4l2_buf_type type) {
    const int fd = v4l2::open_node(driver, capability, O_RDWR | O_NONBLOCK);
    v4l2::Queue q{fd, type};
    use(q, V4L2_MEMORY_MMAP);
    use(q, V4L2_MEMORY_DMABUF);
    ::close(fd);
}
void capture() {
    use_node("exynos4-fimc", V4L2_CAP_VIDEO_CAPTURE_MPLANE, V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE);
}
void output() { use_node("s5p-mixer", V4L2_CAP_VIDEO_OUTPUT_MPLANE, V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE); }
void virtual_capture() { use_node("vivid", V4L2_CAP_VIDEO_CAPTURE, V4L2_BUF_TYPE_VIDEO_CAPTURE); }
/// A picture through FIMC, from a user's memory to the driver's.
void conversion() {
    const int fd = v4l2::open_node("exynos4-fimc", V4L2_CAP_VIDEO_M2M_MPLANE, O_RDWR | O_NONBLOCK);
    v4l2::Queue in{fd, V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE}, out{fd, V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE};
    in.format(V4L2_PIX_FMT_NV12, kWidth, kHeight);
    out.format(V4L2_PIX_FMT_NV12, kWidth, kHeight);
    void* picture = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (in.request(1, V4L2_MEMORY_USERPTR) == 0 && out.request(1, V4L2_MEMORY_MMAP) == 0) {
        const bool ready = in.queue_user(picture, kBytes) == 0 && out.queue() == 0;
        pollfd done{fd, POLLIN, 0};
        if (in.stream(true) == 0 && out.stream(true) == 0 && ready) ::poll(&done, 1, 100);
        out.dequeue();
        in.dequeue();
    }
    if (picture != MAP_FAILED) ::munmap(picture, kBytes);
    ::close(fd);
}
void events() {
    const int fd = v4l2::open_node("exynos4-fimc", V4L2_CAP_VIDEO_CAPTURE_MPLANE, O_RDWR | O_NONBLOCK);
    v4l2_event_subscription s{};
    s.type = V4L2_EVENT_FRAME_SYNC;
    ::ioctl(fd, VIDIOC_SUBSCRIBE_EVENT, &s);
    s.type = V4L2_EVENT_CTRL;
    s.id = V4L2_CID_HFLIP;
    ::ioctl(fd, VIDIOC_SUBSCRIBE_EVENT, &s);
    v4l2_control c{V4L2_CID_HFLIP, 1};
    ::ioctl(fd, VIDIOC_S_CTRL, &c);
    ::close(fd);
}

void* user_memory() {
    void* at = ::mmap(nullptr, 4 * kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return at == MAP_FAILED ? nullptr : at;
}
/// A camera of either layer fills the program's memory.
void use_user_memory(const char* driver, unsigned capability, v4l2_buf_type type, unsigned fourcc) {
    v4l2::Queue q{v4l2::open_node(driver, capability, O_RDWR | O_NONBLOCK), type};
    q.format(fourcc, kWidth, kHeight);
    void* at = user_memory();
    if (at && q.request(1, V4L2_MEMORY_USERPTR) == 0 && q.queue_user(at, 4 * kBytes) == 0) {
        pollfd filled{q.fd, POLLIN, 0};
        if (q.stream(true) == 0) ::poll(&filled, 1, 100);
        q.dequeue();
    }
    if (at) ::munmap(at, 4 * kBytes);
    ::close(q.fd);
}
void capture_to_user() {
    use_user_memory("exynos4-fimc", V4L2_CAP_VIDEO_CAPTURE_MPLANE, V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE,
                    V4L2_PIX_FMT_NV12);
}
void older_layer() {
    use_user_memory("vivi", V4L2_CAP_VIDEO_CAPTURE, V4L2_BUF_TYPE_VIDEO_CAPTURE, V4L2_PIX_FMT_YUYV);
    v4l2::Queue q{v4l2::open_node("vivi", V4L2_CAP_VIDEO_CAPTURE, O_RDWR | O_NONBLOCK),
                  V4L2_BUF_TYPE_VIDEO_CAPTURE};
    q.format(V4L2_PIX_FMT_YUYV, kWidth, kHeight);
    if (q.request(2, V4L2_MEMORY_MMAP) == 0) {
        if (unsigned char* p = q.map()) ::munmap(p, q.planes[0].length);
        q.queue();
        q.stream(true);
    }
    ::close(q.fd);
}
/// Two planes a buffer, made one after the other, prepared, and each exported.
void planes_apart() {
    const int fd = v4l2::open_node("exynos4-fimc", V4L2_CAP_VIDEO_M2M_MPLANE, O_RDWR | O_NONBLOCK);
    v4l2::Queue q{fd, V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE};
    q.format(V4L2_PIX_FMT_NV12M, kWidth, kHeight);
    v4l2_create_buffers more{};
    more.count = 2, more.memory = V4L2_MEMORY_MMAP, more.format = q.last_format;
    ::ioctl(fd, VIDIOC_CREATE_BUFS, &more);
    q.memory = V4L2_MEMORY_MMAP;
    for (const unsigned plane : {0U, 1U}) {
        if (const int exported = q.export_fd(0, plane); exported >= 0) ::close(exported);
    }
    q.buffer(VIDIOC_PREPARE_BUF);
    ::close(fd);
}
/// The virtual screen shows a picture, and the virtual camera that screen, which keeps as much memory as it
/// needs: of another size each time, within two pages.
void looped() {
    const unsigned height = ::getpid() % 2 ? kHeight : kHeight - 16;
    v4l2::Queue screen{v4l2::open_node("vivid", V4L2_CAP_VIDEO_OUTPUT, O_RDWR | O_NONBLOCK),
                       V4L2_BUF_TYPE_VIDEO_OUTPUT};
    v4l2::Queue camera{v4l2::open_node("vivid", V4L2_CAP_VIDEO_CAPTURE, O_RDWR | O_NONBLOCK),
                       V4L2_BUF_TYPE_VIDEO_CAPTURE};
    v4l2_control loop{V4L2_CID_TEST_PATTERN, 2};
    ::ioctl(camera.fd, VIDIOC_S_CTRL, &loop);
    for (v4l2::Queue* q : {&screen, &camera}) {
        q->format(V4L2_PIX_FMT_NV12, kWidth, height);
        if (q->request(2, V4L2_MEMORY_MMAP) == 0 && q->queue(0) == 0 && q->queue(1) == 0) q->stream(true);
        pollfd done{q->fd, POLLIN | POLLOUT, 0};
        ::poll(&done, 1, 100);
    }
    loop.value = 0;
    ::ioctl(camera.fd, VIDIOC_S_CTRL, &loop);
    ::close(camera.fd), ::close(screen.fd);
}
/// The graph and its blocks, a format tried on each pad.
void media_controller() {
    const int graph = ::open("/dev/media0", O_RDWR);
    media_v2_topology counts{};
    ::ioctl(graph, MEDIA_IOC_G_TOPOLOGY, &counts);
    ::close(graph);
    for (int i = 0; i < 4; ++i) {
        const int fd = ::open(("/dev/v4l-subdev" + std::to_string(i)).c_str(), O_RDWR);
        for (const unsigned pad : {0U, 1U}) {
            v4l2_subdev_format f{};
            f.which = V4L2_SUBDEV_FORMAT_TRY, f.pad = pad;
            if (::ioctl(fd, VIDIOC_SUBDEV_G_FMT, &f) == 0) ::ioctl(fd, VIDIOC_SUBDEV_S_FMT, &f);
        }
        ::close(fd);
    }
}

// --- DRM

using drm::address, drm::Display;

void drm_objects() {
    const drm::File card{drm::kCard}, other{drm::kCard};
    const auto d = drm::create_dumb(card, kWidth, kHeight, 32);
    void* p = drm::map(card, d.handle, kBytes);
    if (p != MAP_FAILED) ::munmap(p, kBytes);
    if (const int fd = drm::to_fd(card, d.handle); fd >= 0) {
        drm::to_handle(other, fd);
        ::close(fd);
    }
    drm_mode_fb_cmd old{0, kWidth, kHeight, kWidth * 4, 32, 24, d.handle};
    if (card.call(DRM_IOCTL_MODE_ADDFB, old) == 0) card.call(DRM_IOCTL_MODE_RMFB, old.fb_id);
    char bytes[64] = {};
    drm_mode_create_blob blob{address(bytes), sizeof bytes, 0};
    if (card.call(DRM_IOCTL_MODE_CREATEPROPBLOB, blob) == 0) {
        drm_mode_destroy_blob gone{blob.blob_id};
        card.call(DRM_IOCTL_MODE_DESTROYPROPBLOB, gone);
    }
    drm_gem_flink name{d.handle, 0};
    if (card.call(DRM_IOCTL_GEM_FLINK, name) == 0) {
        drm_gem_open opened{name.name, 0, 0};
        other.call(DRM_IOCTL_GEM_OPEN, opened);
    }
}

/// Something on the screen, exchanged once, with an event.
void modeset() {
    const drm::File card{drm::kCard};
    Display display;
    if (!drm::find_display(card, display)) return;
    const uint32_t width = display.mode.hdisplay, height = display.mode.vdisplay;
    const auto d = drm::create_dumb(card, width, height, 32);
    drm_mode_fb_cmd fb{0, width, height, width * 4, 32, 24, d.handle};
    if (card.call(DRM_IOCTL_MODE_ADDFB, fb) != 0) return;
    drm_mode_crtc c{};
    c.crtc_id = display.crtc;
    c.fb_id = fb.fb_id;
    c.set_connectors_ptr = address(&display.connector);
    c.count_connectors = 1;
    c.mode_valid = 1;
    c.mode = display.mode;
    card.call(DRM_IOCTL_MODE_SETCRTC, c);
    drm_mode_crtc_page_flip flip{display.crtc, fb.fb_id, DRM_MODE_PAGE_FLIP_EVENT, 0, 0};
    if (card.call(DRM_IOCTL_MODE_PAGE_FLIP, flip) == 0) {
        drm_event_vblank e{};
        pollfd shown{card.fd(), POLLIN, 0};
        if (::poll(&shown, 1, 100) == 1) ::read(card.fd(), &e, sizeof e);
    }
    drm_mode_crtc off{};
    off.crtc_id = display.crtc;
    card.call(DRM_IOCTL_MODE_SETCRTC, off);
}
void blits() {
    const drm::File card{drm::kRender};
    drm_exynos_gem_create square{kBytes, 0, 0};
    if (card.call(DRM_IOCTL_EXYNOS_GEM_CREATE, square) != 0) return;
    drm_exynos_g2d_cmd buffers[] = {{0x404, square.handle}};
    drm_exynos_g2d_cmd commands[] = {
        {0x408, kWidth * 4}, {0x40C, 1}, {0x410, 0}, {0x414, kHeight << 16 | kWidth}, {0x614, 0xCCCC}};
    drm_exynos_g2d_set_cmdlist list{};
    list.cmd = address(commands);
    list.cmd_nr = std::size(commands);
    list.cmd_buf = address(buffers);
    list.cmd_buf_nr = std::size(buffers);
    list.event_type = G2D_EVENT_NONSTOP;
    if (card.call(DRM_IOCTL_EXYNOS_G2D_SET_CMDLIST, list) != 0) return;
    drm_exynos_g2d_exec run{1};
    if (card.call(DRM_IOCTL_EXYNOS_G2D_EXEC, run) != 0) return;
    char bytes[64];
    pollfd done{card.fd(), POLLIN, 0};
    if (::poll(&done, 1, 100) == 1) ::read(card.fd(), bytes, sizeof bytes);
}

/// The video layer by one commit with an event, and a second one.
void atomic() {
    const drm::File card{drm::kCard};
    Display display;
    drm_set_client_cap cap{DRM_CLIENT_CAP_ATOMIC, 1};
    if (!drm::find_display(card, display) || card.call(DRM_IOCTL_SET_CLIENT_CAP, cap) != 0) return;
    const auto picture =
        drm::make_framebuffer(card, display.mode.hdisplay, display.mode.vdisplay, DRM_FORMAT_NV12);
    drm_mode_create_blob mode{address(&display.mode), sizeof display.mode, 0};
    if (!picture.fb || card.call(DRM_IOCTL_MODE_CREATEPROPBLOB, mode) != 0) return;
    drm::Atomic on = drm::video_request(card, display, picture.fb);
    on.add(card, display.crtc, DRM_MODE_OBJECT_CRTC, "MODE_ID", mode.blob_id);
    on.add(card, display.crtc, DRM_MODE_OBJECT_CRTC, "ACTIVE", 1);
    on.add(card, display.connector, DRM_MODE_OBJECT_CONNECTOR, "CRTC_ID", display.crtc);
    if (on.commit(card, DRM_MODE_ATOMIC_ALLOW_MODESET | DRM_MODE_PAGE_FLIP_EVENT, 1) != 0) return;
    drm::next_event(card);
    drm::Atomic again = drm::video_request(card, display, picture.fb);
    if (again.commit(card, DRM_MODE_ATOMIC_NONBLOCK | DRM_MODE_PAGE_FLIP_EVENT, 2) == 0)
        drm::next_event(card);
}
/// The 2D engine fills the program's own memory.
void blits_of_user_memory() {
    const drm::File card{drm::kRender};
    void* at = user_memory();
    const drm_exynos_g2d_userptr memory{reinterpret_cast<unsigned long>(at), kBytes};
    g2d::List list = g2d::fill(g2d::version(card), 0, 0, g2d::at(kWidth, kHeight), 0xFF000000);
    list.buffers = {{g2d::kDstBase | G2D_BUF_USERPTR, static_cast<uint32_t>(address(&memory))}};
    if (at) g2d::run(card, list), ::munmap(at, 4 * kBytes);
}

// --- buffers between them

/// A buffer of a heap as DRM's.
void foreign_objects() {
    const drm::File card{drm::kCard};
    const int fd = dmabuf::heap_alloc("system", kBytes);
    if (const unsigned handle = drm::to_handle(card, fd)) drm::close_handle(card, handle);
    ::close(fd);
}
/// A timeline that a program moves by hand.
void timeline() {
    struct {
        unsigned value;
        char name[32];
        int fence;
    } made{1, "fault", -1};
    unsigned one = 1;
    const int fd = ::open("/dev/sw_sync", O_RDWR);
    if (::ioctl(fd, _IOWR('W', 0, decltype(made)), &made) == 0) {
        ::ioctl(fd, _IOW('W', 1, unsigned), &one);
        ::close(made.fence);
    }
    ::close(fd);
}
void ion() {
    const int fd = ::open("/dev/ion", O_RDWR), other = ::open("/dev/ion", O_RDWR);
    for (const unsigned heap : {1U << ION_HEAP_TYPE_SYSTEM, 1U << ION_HEAP_TYPE_SYSTEM_CONTIG,
                                1U << ION_HEAP_TYPE_DMA, 1U << ION_HEAP_ID_AUTO}) {
        for (const unsigned flags : {0U, static_cast<unsigned>(ION_FLAG_CACHED)}) {
            ion_allocation_data a{kBytes, 0, heap, flags, 0};
            if (::ioctl(fd, ION_IOC_ALLOC, &a) != 0) continue;
            ion_fd_data d{a.handle, -1};
            if (::ioctl(fd, ION_IOC_SHARE, &d) == 0) {
                dmabuf::Importer importer;
                if (importer.import(d.fd) == 0 && importer.attach("fimc0") == 0 &&
                    importer.map(DMABUF_TEST_BIDIRECTIONAL) == 0)
                    importer.unmap();
                show(d.fd, kBytes);
                ::ioctl(other, ION_IOC_IMPORT, &d);
                ::close(d.fd);
            }
            ion_handle_data h{a.handle};
            ::ioctl(fd, ION_IOC_FREE, &h);
        }
    }
    ::close(other), ::close(fd);
}
void dma_bufs() {
    for (const char* heap : {"system", "reserved"}) {
        const int fd = dmabuf::heap_alloc(heap, kBytes);
        if (fd < 0) continue;
        ::ioctl(fd, DMA_BUF_SET_NAME_A, "fault");
        dmabuf::Importer importer;
        if (importer.import(fd) == 0 && importer.attach("fimc0") == 0 &&
            importer.map(DMABUF_TEST_TO_DEVICE) == 0)
            importer.unmap();
        show(fd, kBytes);
        dmabuf::sync(fd, DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW);
        dmabuf::sync(fd, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW);
        dma_buf_export_sync_file out{DMA_BUF_SYNC_RW, -1};
        if (::ioctl(fd, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &out) == 0) {
            dma_buf_import_sync_file in{DMA_BUF_SYNC_WRITE, out.fd};
            ::ioctl(fd, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &in);
            sync_merge_data merged{"both", out.fd, -1, 0, 0};
            if (::ioctl(out.fd, SYNC_IOC_MERGE, &merged) == 0) ::close(merged.fence);
            ::close(out.fd);
        }
        pollfd watched{fd, POLLIN | POLLOUT, 0};
        ::poll(&watched, 1, 0);
        ::close(fd);
    }
}

}  // namespace

int main() {
    tap::plan(62);
    each_in_turn(capture, "capture, each allocation failing in turn");
    each_in_turn(output, "output to the screen");
    each_in_turn(virtual_capture, "the virtual device");
    each_in_turn(conversion, "conversion");
    each_in_turn(capture_to_user, "capture into the program's memory");
    each_in_turn(planes_apart, "planes in memory of their own");
    each_in_turn(looped, "the virtual screen, looped to the virtual camera");
    each_in_turn(older_layer, "the older layer");
    each_in_turn(media_controller, "the media controller and its blocks");
    each_in_turn(events, "V4L2 events");
    each_in_turn(drm_objects, "DRM's objects");
    each_in_turn(modeset, "a modeset and a flip");
    each_in_turn(atomic, "atomic commits");
    each_in_turn(blits, "a list of 2D commands");
    each_in_turn(blits_of_user_memory, "the 2D engine on the program's memory");
    each_in_turn(foreign_objects, "DRM's view of another's buffer");
    each_in_turn(timeline, "a timeline and its fences");
    each_in_turn(ion, "ION");
    each_in_turn(dma_bufs, "dma-bufs and their fences");
    tap::is(proc::dma("allocations") - proc::dma("frees") + proc::dma("maps") - proc::dma("unmaps"), 0,
            "the DMA layer has nothing left");
    tap::is(dmabuf::count("buffers"), 0, "no dma-buf either");
    faults::sites(40);
    return tap::finish();
}
