// The calls of /dev/dmabuf-test, dma-heaps, and the counts of /proc/dma_buf.
#pragma once

#include <exysim/dmabuf_test.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "proc.hpp"

namespace dmabuf {

/// An importer; each call returns 0 or -1 with errno, its answers are in `last`.
class Importer {
public:
    Importer() : fd_{::open("/dev/dmabuf-test", O_RDWR)} {}
    ~Importer() { ::close(fd_); }
    Importer(const Importer&) = delete;
    int fd() const { return fd_; }

    int call(unsigned op, dmabuf_test_call c = {}) {
        c.op = op;
        last = c;
        return ::ioctl(fd_, DMABUF_TEST_CALL, &last);
    }
    int import(int fd) { return call(DMABUF_TEST_IMPORT, {.fd = fd}); }
    int release() { return call(DMABUF_TEST_RELEASE); }
    int attach(const char* device) {
        dmabuf_test_call c{};
        std::strncpy(c.name, device, sizeof c.name - 1);
        return call(DMABUF_TEST_ATTACH, c);
    }
    int map(unsigned direction) { return call(DMABUF_TEST_MAP, {.direction = direction}); }
    int unmap() { return call(DMABUF_TEST_UNMAP); }
    unsigned references() { return call(DMABUF_TEST_INFO) == 0 ? last.value : 0; }

    dmabuf_test_call last{};

private:
    int fd_;
};

/// A descriptor from /dev/dma_heap/<heap>, or -1 with errno.
inline int heap_alloc(const char* heap, unsigned long long bytes, unsigned fd_flags = O_RDWR | O_CLOEXEC,
                      unsigned long long heap_flags = 0, unsigned fd = 0) {
    const int node = ::open((std::string{"/dev/dma_heap/"} + heap).c_str(), O_RDWR);
    if (node < 0) return -1;
    dma_heap_allocation_data d{.len = bytes, .fd = fd, .fd_flags = fd_flags, .heap_flags = heap_flags};
    const int result = ::ioctl(node, DMA_HEAP_IOCTL_ALLOC, &d);
    const int number = errno;
    ::close(node);
    errno = number;
    return result == 0 ? static_cast<int>(d.fd) : -1;
}

inline int sync(int fd, unsigned long long flags) {
    dma_buf_sync s{flags};
    return ::ioctl(fd, DMA_BUF_IOCTL_SYNC, &s);
}

/// A number of /proc/dma_buf's first two lines: buffers, bytes, mapped; attaches, ... since boot.
inline long long count(const char* name) { return proc::value("/proc/dma_buf", name); }

/// The listing's line of the buffer with this name, and those of its attachments.
inline std::string listing(const char* name) {
    const std::string all = proc::text("/proc/dma_buf");
    const size_t found = all.find(std::string{" name "} + name + " ");
    if (found == std::string::npos) return "";
    const size_t start = all.rfind("buffer ", found);
    const size_t next = all.find("\nbuffer ", found);
    return all.substr(start, next == std::string::npos ? next : next - start);
}

}  // namespace dmabuf
