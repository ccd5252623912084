// The calls of /dev/dma-test.
#pragma once

#include <exysim/dma_test.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstring>

namespace dma {

/// One open device; each call returns 0 or -1 with errno, its answers are in `last`.
class Device {
public:
    explicit Device(const char* name) : fd_{::open("/dev/dma-test", O_RDWR)} {
        dma_test_call c{};
        std::strncpy(c.name, name, sizeof c.name - 1);
        ready_ = call(DMA_TEST_SELECT, c) == 0;
    }
    ~Device() { ::close(fd_); }
    Device(const Device&) = delete;
    bool ready() const { return ready_; }
    int fd() const { return fd_; }

    int call(unsigned op, dma_test_call c) {
        c.op = op;
        last = c;
        return ::ioctl(fd_, DMA_TEST_CALL, &last);
    }
    int alloc(unsigned bytes, unsigned attrs) {
        return call(DMA_TEST_ALLOC, {.bytes = bytes, .attrs = attrs});
    }
    int release(const dma_test_call& c) { return call(DMA_TEST_FREE, c); }
    /// The word that the device finds there.
    unsigned peek(unsigned handle, unsigned offset) {
        return call(DMA_TEST_PEEK, {.handle = handle, .offset = offset}) == 0 ? last.value : 0xDEAD'0000U;
    }
    int poke(unsigned handle, unsigned offset, unsigned value) {
        return call(DMA_TEST_POKE, {.handle = handle, .offset = offset, .value = value});
    }
    unsigned physical(unsigned handle, unsigned offset = 0) {
        return call(DMA_TEST_PHYSICAL, {.handle = handle, .offset = offset}) == 0 ? last.result : 0;
    }

    dma_test_call last{};

private:
    int fd_;
    bool ready_ = false;
};

/// Every word becomes `first` + its index.
inline void number(volatile unsigned* words, unsigned count, unsigned first) {
    for (unsigned i = 0; i < count; ++i) words[i] = first + i;
}
/// How many are something else.
inline unsigned misnumbered(const volatile unsigned* words, unsigned count, unsigned first) {
    unsigned wrong = 0;
    for (unsigned i = 0; i < count; ++i) wrong += words[i] != first + i;
    return wrong;
}

}  // namespace dma
