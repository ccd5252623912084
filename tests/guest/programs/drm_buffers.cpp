// DRM buffers (MISSION C3, B7): dumb and exynos GEM, mapping, PRIME between files and with V4L2, and what is
// refused. /proc/dri must be empty after each part.
#include <sys/stat.h>

#include "dmabuf_test.hpp"
#include "drm.hpp"
#include "tap.hpp"
#include "video.hpp"

namespace {

using drm::File;

constexpr uint32_t kPage = 4096;

void identity(const File& card) {
    char name[32] = {}, description[32] = {};
    drm_version v{};
    v.name = name;
    v.name_len = sizeof name;
    v.desc = description;
    v.desc_len = sizeof description;
    tap::is(card.call(DRM_IOCTL_VERSION, v), 0, "VERSION");
    tap::ok(std::string{name} == "exynos" && v.name_len == 6, "the driver is exynos, six letters");
    tap::ok(std::string{description} == "Samsung SoC DRM", "with Linux's description");
    drm_get_cap c{DRM_CAP_PRIME, 0};
    tap::is(card.call(DRM_IOCTL_GET_CAP, c), 0, "GET_CAP");
    tap::is(static_cast<long long>(c.value), DRM_PRIME_CAP_IMPORT | DRM_PRIME_CAP_EXPORT, "PRIME both ways");
    c.capability = 0x1234;
    tap::fails_with(card.call(DRM_IOCTL_GET_CAP, c), EINVAL, "an unknown capability is EINVAL");
    struct stat s {};
    ::fstat(card.fd(), &s);
    tap::is(static_cast<long long>(s.st_rdev >> 8 & 0xFFF), 226, "the node has DRM's major number");
    uint32_t nothing = 0;
    tap::fails_with(card.call(_IOWR('d', 0x9F, uint32_t), nothing), EINVAL, "an unknown ioctl is EINVAL");
}

void dumb(const File& card) {
    const auto d = drm::create_dumb(card, 100, 50, 32);
    tap::ok(d.handle != 0, "CREATE_DUMB");
    tap::is(d.pitch, 400, "pitch is width times bytes");
    tap::is(static_cast<long long>(d.size), 400 * 50, "size is pitch times height");
    drm_exynos_gem_info info{d.handle, 0, 0};
    tap::is(card.call(DRM_IOCTL_EXYNOS_GEM_GET, info), 0, "GEM_GET");
    tap::is(static_cast<long long>(info.size), 5 * kPage, "memory is whole pages");
    tap::is(info.flags, EXYNOS_BO_NONCONTIG | EXYNOS_BO_WC, "scattered behind a SysMMU, write-combined");
    auto* words = static_cast<uint32_t*>(drm::map(card, d.handle, d.size));
    if (!tap::ok(words != MAP_FAILED, "mmap")) return;
    unsigned set = 0;
    for (unsigned i = 0; i < d.size / 4; ++i) set += words[i] != 0;
    tap::is(set, 0, "the memory is zeroed");
    words[7] = 0x12345678;
    auto* again = static_cast<uint32_t*>(drm::map(card, d.handle, d.size));
    tap::is(again[7], 0x12345678, "a second mapping shows the same memory");
    tap::is(drm::close_handle(card, d.handle), 0, "GEM_CLOSE");
    tap::is(words[7], 0x12345678, "mappings keep the memory");
    ::munmap(words, d.size);
    ::munmap(again, d.size);
    tap::fails_with(drm::close_handle(card, d.handle), EINVAL, "a closed handle is EINVAL to close");
    drm_mode_map_dumb m{d.handle, 0, 0};
    tap::fails_with(card.call(DRM_IOCTL_MODE_MAP_DUMB, m), ENOENT, "and ENOENT to map");
    tap::fails_with(card.call(DRM_IOCTL_EXYNOS_GEM_GET, info), EINVAL, "and EINVAL to GEM_GET");
    drm_mode_create_dumb bad{};
    tap::fails_with(card.call(DRM_IOCTL_MODE_CREATE_DUMB, bad), EINVAL, "no size is EINVAL");
    bad.width = bad.height = 0x10000;
    bad.bpp = 32;
    tap::fails_with(card.call(DRM_IOCTL_MODE_CREATE_DUMB, bad), EINVAL, "16 GiB are EINVAL");
}

void mapping_limits(const File& card) {
    const auto d = drm::create_dumb(card, 1024, 4, 32);
    drm_mode_map_dumb m{d.handle, 0, 0};
    card.call(DRM_IOCTL_MODE_MAP_DUMB, m);
    const auto map = [&](const File& file, size_t bytes, uint64_t offset) {
        void* at = ::mmap64(nullptr, bytes, PROT_READ, MAP_SHARED, file.fd(), static_cast<off64_t>(offset));
        if (at == MAP_FAILED) return -1L;
        ::munmap(at, bytes);
        return 0L;
    };
    tap::is(map(card, 4 * kPage, m.offset), 0, "the whole buffer can be mapped");
    tap::is(map(card, kPage, m.offset), 0, "or its beginning");
    tap::fails_with(map(card, 5 * kPage, m.offset), EINVAL, "a page more is EINVAL");
    tap::fails_with(map(card, kPage, m.offset + kPage), EINVAL, "an offset inside is EINVAL");
    tap::fails_with(map(card, kPage, 0), EINVAL, "offset 0 is no buffer");
    const File other{drm::kCard};
    tap::fails_with(map(other, kPage, m.offset), EINVAL, "a file without a handle cannot map it");
    drm::close_handle(card, d.handle);
}

void exynos_flags(const File& card) {
    struct Row {
        uint32_t flags;
        const char* name;
    };
    constexpr Row kRows[] = {{EXYNOS_BO_CONTIG, "contiguous, not cached"},
                             {EXYNOS_BO_NONCONTIG | EXYNOS_BO_WC, "scattered, write-combined"},
                             {EXYNOS_BO_CONTIG | EXYNOS_BO_WC, "contiguous, write-combined"},
                             {EXYNOS_BO_NONCONTIG | EXYNOS_BO_CACHABLE, "scattered, cached"}};
    for (const Row& row : kRows) {
        drm_exynos_gem_create c{3 * kPage - 1, row.flags, 0};
        tap::is(card.call(DRM_IOCTL_EXYNOS_GEM_CREATE, c), 0, row.name);
        drm_exynos_gem_info info{c.handle, 0, 0};
        card.call(DRM_IOCTL_EXYNOS_GEM_GET, info);
        drm_exynos_gem_map m{c.handle, 0, 0};
        card.call(DRM_IOCTL_EXYNOS_GEM_MAP, m);
        auto* at =
            static_cast<volatile uint32_t*>(::mmap64(nullptr, info.size, PROT_READ | PROT_WRITE, MAP_SHARED,
                                                     card.fd(), static_cast<off64_t>(m.offset)));
        at[1000] = row.flags + 77;
        const bool right = info.flags == row.flags && info.size == 3 * kPage && at[1000] == row.flags + 77;
        tap::ok(right, "... has these flags, whole pages, and works");
        ::munmap(const_cast<uint32_t*>(at), info.size);
        drm::close_handle(card, c.handle);
    }
    drm_exynos_gem_create bad{kPage, 1U << 5, 0};
    tap::fails_with(card.call(DRM_IOCTL_EXYNOS_GEM_CREATE, bad), EINVAL, "an unknown flag is EINVAL");
    bad = {0, 0, 0};
    tap::fails_with(card.call(DRM_IOCTL_EXYNOS_GEM_CREATE, bad), EINVAL, "no size is EINVAL");
    bad = {900U << 20, EXYNOS_BO_NONCONTIG, 0};
    tap::fails_with(card.call(DRM_IOCTL_EXYNOS_GEM_CREATE, bad), ENOMEM, "more than there is is ENOMEM");
}

void prime(const File& card) {
    const auto d = drm::create_dumb(card, 256, 16, 32);
    const File fd{drm::to_fd(card, d.handle)}, fd2{drm::to_fd(card, d.handle)};
    tap::ok(fd.fd() >= 0 && fd2.fd() >= 0, "HANDLE_TO_FD, twice");
    tap::is(::lseek(fd.fd(), 0, SEEK_END), static_cast<long long>(d.size),
            "the dma-buf has the buffer's size");
    tap::is(drm::to_handle(card, fd.fd()), d.handle, "importing it gives the same handle");
    tap::is(drm::to_handle(card, fd2.fd()), d.handle, "the other descriptor too");
    tap::is(drm::count("gem"), 1, "there is one object");

    File other{drm::kCard};
    const uint32_t theirs = drm::to_handle(other, fd.fd());
    tap::ok(theirs != 0, "another file imports it");
    tap::is(drm::to_handle(other, fd.fd()), theirs, "again: the same handle");
    tap::is(drm::count("gem"), 1, "it is the same object, not an import");
    auto* a = static_cast<uint32_t*>(drm::map(card, d.handle, d.size));
    auto* b = static_cast<uint32_t*>(drm::map(other, theirs, d.size));
    auto* c = static_cast<uint32_t*>(::mmap(nullptr, d.size, PROT_READ, MAP_SHARED, fd.fd(), 0));
    const bool mapped = a != MAP_FAILED && b != MAP_FAILED && c != MAP_FAILED;
    if (tap::ok(mapped, "both files and the dma-buf map it")) {
        a[5] = 55;
        tap::ok(b[5] == 55 && c[5] == 55, "and see the same bytes");
    }
    ::munmap(a, d.size);
    ::munmap(b, d.size);
    ::munmap(c, d.size);

    drm::close_handle(card, d.handle);
    tap::is(drm::count("gem"), 1, "the first handle goes, the object stays");
    const uint32_t back = drm::to_handle(card, fd.fd());
    tap::ok(back != 0 && drm::count("gem") == 1, "and comes back by its dma-buf");
    drm::close_handle(card, back);
    other.close();
    tap::is(drm::count("gem"), 1, "descriptors alone keep it");
}

/// The mmap of a PRIME descriptor, and of an importer that redirects its own to it (C3, E3).
void prime_mmap(const File& card) {
    constexpr uint32_t kPages = 4, kBytes = kPages * kPage;
    const auto d = drm::create_dumb(card, 1024, 4, 32);
    File fd{drm::to_fd(card, d.handle)};
    const auto map = [](int of, size_t bytes, int rights, off_t offset) {
        return static_cast<uint32_t*>(::mmap(nullptr, bytes, rights, MAP_SHARED, of, offset));
    };
    const auto fails = [&](int of, size_t bytes, int rights, off_t offset) {
        auto* at = map(of, bytes, rights, offset);
        if (at == MAP_FAILED) return -1L;
        ::munmap(at, bytes);
        return 0L;
    };
    constexpr int kBoth = PROT_READ | PROT_WRITE;
    auto* own = static_cast<uint32_t*>(drm::map(card, d.handle, d.size));
    auto* all = map(fd.fd(), kBytes, kBoth, 0);
    if (!tap::ok(own != MAP_FAILED && all != MAP_FAILED, "the card and the descriptor map it")) return;
    for (uint32_t i = 0; i < kBytes / 4; ++i) all[i] = i * 3;
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < kBytes / 4; ++i) wrong += own[i] != i * 3;
    tap::is(wrong, 0, "both show the same memory, every word");
    const auto* third = map(fd.fd(), kPage, PROT_READ, 2 * kPage);
    tap::is(third[5], (2 * kPage / 4 + 5) * 3, "an offset leads to that page");
    tap::fails_with(fails(fd.fd(), kBytes + kPage, PROT_READ, 0), EINVAL, "a page more is EINVAL");
    tap::fails_with(fails(fd.fd(), kPage, PROT_READ, kBytes), EINVAL, "the page behind the last is EINVAL");
    {
        const File read_only{drm::to_fd(card, d.handle, DRM_CLOEXEC)};
        tap::fails_with(fails(read_only.fd(), kPage, kBoth, 0), EACCES, "without DRM_RDWR writing is EACCES");
        tap::is(fails(read_only.fd(), kPage, PROT_READ, 0), 0, "reading is not");
    }
    ::munmap(own, d.size);

    dmabuf::Importer importer;
    importer.import(fd.fd());
    const unsigned before = importer.references();
    auto* redirected = map(importer.fd(), kPage, kBoth, kPage);
    tap::is(redirected[1], (kPage / 4 + 1) * 3, "an importer's own mmap shows DRM's second page");
    tap::is(importer.references() - before, 1, "and holds one reference to the dma-buf");
    redirected[1] = 4711;
    tap::is(all[kPage / 4 + 1], 4711, "what is written there is written here");
    importer.release();
    drm::close_handle(card, d.handle);
    fd.close();
    tap::is(redirected[1], 4711, "mappings outlive import, handle and descriptor");
    tap::is(drm::count("gem"), 1, "and keep the object");
    ::munmap(redirected, kPage);
    ::munmap(all, kBytes);
    ::munmap(const_cast<uint32_t*>(third), kPage);
    tap::is(drm::count("gem"), 0, "the last munmap lets it go");
}

void prime_refusals(const File& card) {
    drm_prime_handle p{77, DRM_CLOEXEC, -1};
    tap::fails_with(card.call(DRM_IOCTL_PRIME_HANDLE_TO_FD, p), ENOENT, "no such handle is ENOENT");
    const auto d = drm::create_dumb(card, 16, 16, 32);
    p = {d.handle, 0x100, -1};
    tap::fails_with(card.call(DRM_IOCTL_PRIME_HANDLE_TO_FD, p), EINVAL, "unknown flags are EINVAL");
    p = {0, 0, 200};
    tap::fails_with(card.call(DRM_IOCTL_PRIME_FD_TO_HANDLE, p), EBADF, "a closed descriptor is EBADF");
    p = {0, 0, card.fd()};
    tap::fails_with(card.call(DRM_IOCTL_PRIME_FD_TO_HANDLE, p), EINVAL, "no dma-buf is EINVAL");
    const File fd{drm::to_fd(card, d.handle, 0)};
    tap::is(::fcntl(fd.fd(), F_GETFD) & FD_CLOEXEC, 0, "without DRM_CLOEXEC it survives exec");
    const File closing{drm::to_fd(card, d.handle, DRM_CLOEXEC)};
    tap::is(::fcntl(closing.fd(), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC, "with it, it does not");
    drm::close_handle(card, d.handle);
}

void with_v4l2(const File& card) {
    video::Queue camera{video::open_node("exynos4-fimc", V4L2_CAP_VIDEO_CAPTURE_MPLANE),
                        V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE, V4L2_MEMORY_MMAP};
    if (!tap::ok(camera.file().fd() >= 0, "the camera is there")) return;
    camera.set_format(640, 480, V4L2_PIX_FMT_NV12);
    tap::is(camera.request(4), 4, "four camera buffers");
    const File fd{camera.export_fd(0)}, fd2{camera.export_fd(0)};
    const uint32_t handle = drm::to_handle(card, fd.fd());
    tap::ok(handle != 0, "DRM imports one");
    tap::is(drm::to_handle(card, fd.fd()), handle, "the same descriptor has the same handle");
    drm_exynos_gem_info info{handle, 0, 0};
    card.call(DRM_IOCTL_EXYNOS_GEM_GET, info);
    tap::ok(info.size >= 640 * 480 * 3 / 2, "it has the camera buffer's size");
    drm_mode_map_dumb m{handle, 0, 0};
    tap::fails_with(card.call(DRM_IOCTL_MODE_MAP_DUMB, m), EINVAL, "it is not mapped through DRM");
    const File again{drm::to_fd(card, handle)};
    tap::ok(again.fd() >= 0, "it is exported again");
    tap::is(drm::to_handle(card, again.fd()), handle, "as the dma-buf it came from");
    const uint64_t tag = 0x1122334455667788;
    auto* direct =
        static_cast<uint64_t*>(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd.fd(), 0));
    auto* round = static_cast<uint64_t*>(::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, again.fd(), 0));
    direct[3] = tag;
    tap::ok(round[3] == tag, "with the same memory behind it");
    ::munmap(direct, 4096);
    ::munmap(round, 4096);
    drm::close_handle(card, handle);
    tap::is(drm::count("gem"), 0, "closing lets it go");
    tap::is(camera.request(0), 0, "the camera gives its buffers up");
}

/// The camera and the display take buffers of DRM's; the picture is a scenario's matter.
void into_v4l2(const File& card) {
    video::Queue camera{video::open_node("exynos4-fimc", V4L2_CAP_VIDEO_CAPTURE_MPLANE),
                        V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE, V4L2_MEMORY_DMABUF};
    constexpr uint32_t kWidth = 640, kHeight = 480;
    camera.set_format(kWidth, kHeight, V4L2_PIX_FMT_NV12);
    camera.request(3);
    const auto d = drm::create_dumb(card, kWidth, kHeight * 3 / 2, 8);
    const auto small = drm::create_dumb(card, kWidth, kHeight, 8);
    const File fd{drm::to_fd(card, d.handle)}, small_fd{drm::to_fd(card, small.handle)};
    drm::close_handle(card, d.handle);
    drm::close_handle(card, small.handle);
    tap::is(camera.queue(0, fd.fd()), 0, "the camera takes a buffer of DRM's");
    tap::fails_with(camera.queue(1, small_fd.fd()), EINVAL, "one that is too small is EINVAL");
    tap::is(camera.request(0), 0, "and lets go of it");
}

void render_node() {
    const File render{drm::kRender};
    drm_exynos_gem_create c{kPage, EXYNOS_BO_NONCONTIG, 0};
    tap::is(render.call(DRM_IOCTL_EXYNOS_GEM_CREATE, c), 0, "a render node makes buffers");
    const File fd{drm::to_fd(render, c.handle)};
    tap::ok(fd.fd() >= 0, "and shares them");
    drm_mode_create_dumb d{};
    tap::fails_with(render.call(DRM_IOCTL_MODE_CREATE_DUMB, d), EACCES, "but not dumb ones");
    drm_mode_card_res r{};
    tap::fails_with(render.call(DRM_IOCTL_MODE_GETRESOURCES, r), EACCES, "and knows no displays");
}

/// Two hundred buffers of 64 KiB, shared, imported and mapped: a leak of any of it shows. (The test itself
/// grows by a few pages.)
void nothing_left() {
    const auto round = [] {
        const File card{drm::kCard}, other{drm::kCard};
        const auto d = drm::create_dumb(card, 256, 64, 32);
        const File fd{drm::to_fd(card, d.handle)};
        const uint32_t theirs = drm::to_handle(other, fd.fd());
        void* at = drm::map(other, theirs, d.size);
        std::memset(at, 1, d.size);
        ::munmap(at, d.size);
    };
    round();
    const long long before = proc::free_kib();
    for (int i = 0; i < 200; ++i) round();
    tap::is(drm::count("gem"), 0, "no object is left");
    tap::is(proc::value("/proc/dri", "framebuffers"), 0, "nor a framebuffer");
    const long long lost = before - proc::free_kib();
    if (!tap::ok(lost < 48, "and the memory is back")) std::printf("# %lld KiB are not\n", lost);
}

}  // namespace

int main() {
    tap::plan(95);
    {
        const File card{drm::kCard};
        if (!tap::ok(card.fd() >= 0, "there is a card")) return tap::finish();
        identity(card);
        dumb(card);
        mapping_limits(card);
        exynos_flags(card);
        prime(card);
        prime_mmap(card);
        prime_refusals(card);
        with_v4l2(card);
        into_v4l2(card);
        render_node();
    }
    nothing_left();
    return tap::finish();
}
