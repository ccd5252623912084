// The DRM nodes as a test program sees them: raw ioctls of Linux's interface, no library.
#pragma once

#include <drm/drm.h>
#include <drm/drm_fourcc.h>
#include <drm/exynos_drm.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "proc.hpp"

namespace drm {

/// An open node, or any other descriptor.
class File {
public:
    explicit File(int fd) : fd_{fd} {}
    explicit File(const char* path, int flags = O_RDWR) : fd_{::open(path, flags | O_CLOEXEC)} {}
    File(File&& o) noexcept : fd_{std::exchange(o.fd_, -1)} {}
    ~File() { close(); }
    void close() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }
    int fd() const { return fd_; }
    template <class T>
    int call(unsigned long request, T& argument) const {
        return ::ioctl(fd_, request, &argument);
    }
    int call(unsigned long request) const { return ::ioctl(fd_, request, 0); }

private:
    int fd_;
};

inline constexpr const char* kCard = "/dev/dri/card0";
inline constexpr const char* kRender = "/dev/dri/renderD128";

/// A buffer made by CREATE_DUMB; handle 0 on failure.
inline drm_mode_create_dumb create_dumb(const File& card, uint32_t width, uint32_t height, uint32_t bpp) {
    drm_mode_create_dumb d{};
    d.width = width;
    d.height = height;
    d.bpp = bpp;
    if (card.call(DRM_IOCTL_MODE_CREATE_DUMB, d) != 0) d.handle = 0;
    return d;
}

inline int close_handle(const File& card, uint32_t handle) {
    drm_gem_close c{handle, 0};
    return card.call(DRM_IOCTL_GEM_CLOSE, c);
}

/// Maps a buffer, or MAP_FAILED with errno.
inline void* map(const File& card, uint32_t handle, size_t bytes) {
    drm_mode_map_dumb m{handle, 0, 0};
    if (card.call(DRM_IOCTL_MODE_MAP_DUMB, m) != 0) return MAP_FAILED;
    return ::mmap64(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, card.fd(),
                    static_cast<off64_t>(m.offset));
}

/// A dma-buf descriptor, or -1.
inline int to_fd(const File& card, uint32_t handle, uint32_t flags = DRM_CLOEXEC | DRM_RDWR) {
    drm_prime_handle p{handle, flags, -1};
    return card.call(DRM_IOCTL_PRIME_HANDLE_TO_FD, p) == 0 ? p.fd : -1;
}
/// A handle, or 0.
inline uint32_t to_handle(const File& card, int fd) {
    drm_prime_handle p{0, 0, fd};
    return card.call(DRM_IOCTL_PRIME_FD_TO_HANDLE, p) == 0 ? p.handle : 0;
}

/// How many lines of /proc/dri begin with `word`.
inline int count(const std::string& word) {
    std::istringstream lines{proc::text("/proc/dri")};
    std::string line;
    int n = 0;
    while (std::getline(lines, line)) n += line.rfind(word + " ", 0) == 0;
    return n;
}

}  // namespace drm
