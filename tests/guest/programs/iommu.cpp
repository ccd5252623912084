// The SysMMU in front of a device that really reads and writes: the G2D copies through it. Pages of every
// size, page by page in any order, addresses used again, faults with all that is told about them, detaching
// and attaching. Boot with `dma_test`; CTest runs it on every version of the hardware.
#include <sys/mman.h>

#include <cstdlib>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "dma_test.hpp"
#include "proc.hpp"
#include "tap.hpp"

namespace {

constexpr unsigned kPage = 4096, kMiB = 1 << 20;

/// Memory of the device's, mapped here write-combined.
struct Memory {
    dma::Device& device;
    dma_test_call at{};
    volatile unsigned* words = nullptr;

    Memory(dma::Device& d, unsigned bytes, unsigned attrs = DMA_TEST_WRITE_COMBINE) : device{d} {
        if (d.alloc(bytes, attrs) != 0) return;
        at = d.last;
        d.call(DMA_TEST_SHOW, at);
        void* p = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, d.fd(), 0);
        if (p != MAP_FAILED) words = static_cast<volatile unsigned*>(p);
    }
    ~Memory() {
        if (words) ::munmap(const_cast<unsigned*>(words), at.bytes);
        if (at.handle) device.release(at);
    }
    Memory(const Memory&) = delete;
    void fill(unsigned first) {
        for (unsigned i = 0; i < at.bytes / 4; i += 7) words[i] = first + i;
    }
    bool holds(unsigned first, unsigned bytes) const {
        for (unsigned i = 0; i < bytes / 4; i += 7) {
            if (words[i] != first + i) return false;
        }
        return true;
    }
};

int copy(dma::Device& d, unsigned from, unsigned to, unsigned bytes) {
    return d.call(DMA_TEST_COPY, {.handle = from, .bytes = bytes, .value = to});
}

void sizes(dma::Device& d) {
    struct Row {
        unsigned bytes, attrs;
        const char* name;
    };
    for (const Row& row :
         {Row{3 * kPage, DMA_TEST_WRITE_COMBINE, "a few small pages"},
          Row{64 * 1024, DMA_TEST_WRITE_COMBINE | DMA_TEST_FORCE_CONTIGUOUS, "64 KiB in one piece"},
          Row{kMiB + 20 * kPage, DMA_TEST_WRITE_COMBINE, "more than 1 MiB, scattered"},
          Row{2 * kMiB, DMA_TEST_WRITE_COMBINE | DMA_TEST_FORCE_CONTIGUOUS, "2 MiB in one piece"}}) {
        Memory from{d, row.bytes, row.attrs}, to{d, row.bytes, row.attrs};
        from.fill(row.bytes);
        to.fill(0);
        tap::ok(copy(d, from.at.handle, to.at.handle, row.bytes) == 0 && to.holds(row.bytes, row.bytes),
                row.name);
    }
}

/// The same device addresses lead elsewhere after each round: nothing of the one before may be left in a TLB.
void used_again(dma::Device& d) {
    Memory to{d, 64 * kPage};
    std::mt19937 random{5};
    unsigned wrong = 0, same = 0, last = 0;
    for (unsigned round = 0; round < 60; ++round) {
        const unsigned pages = 1 + static_cast<unsigned>(random() % 64);
        const unsigned attrs = DMA_TEST_WRITE_COMBINE | (round % 3 ? 0 : DMA_TEST_FORCE_CONTIGUOUS);
        Memory from{d, pages * kPage, attrs};
        same += from.at.handle == last;
        last = from.at.handle;
        from.fill(round * 0x0101'0101);
        wrong += copy(d, from.at.handle, to.at.handle, pages * kPage) != 0 ||
                 !to.holds(round * 0x0101'0101, pages * kPage);
    }
    tap::is(wrong, 0, "sixty buffers, one after the other, each read as it is");
    tap::ok(same > 10, "many of them at the address of the one before");
}

void lists(dma::Device& d) {
    constexpr unsigned kPages = 32;
    Memory to{d, kPages * kPage};
    d.call(DMA_TEST_BUFFER, {.bytes = kPages * kPage});
    const unsigned b = d.last.buffer;
    d.call(DMA_TEST_CPU_WRITE, {.bytes = kPages * kPage, .value = 0, .buffer = b});
    d.call(DMA_TEST_MAP_SG, {.direction = DMA_TEST_TO_DEVICE, .buffer = b});
    tap::is(d.last.result, 1, "a list in reverse order is one piece for the device");
    const unsigned handle = d.last.handle;
    copy(d, handle, to.at.handle, kPages * kPage);
    unsigned wrong = 0;
    for (unsigned p = 0; p < kPages; ++p) wrong += to.words[p * 1024 + 5] != (kPages - 1 - p) * 1024 + 5;
    tap::is(wrong, 0, "with its pages in that order");

    tap::fails_with(copy(d, to.at.handle, handle, kPage), EIO, "the device may read it, not write");
    tap::is(d.call(DMA_TEST_FAULT, {}), 0, "which is a fault");
    tap::ok(d.last.direction == DMA_TEST_FROM_DEVICE && std::string{d.last.name} == "write access",
            "for writing");
    tap::ok(d.last.handle == handle && d.last.value == handle, "at its first address");
    d.call(DMA_TEST_UNMAP_SG, {.direction = DMA_TEST_TO_DEVICE});
    d.call(DMA_TEST_BUFFER_FREE, {.buffer = b});
}

void faults(dma::Device& d) {
    Memory to{d, 4 * kPage};
    unsigned gone = 0;
    {
        Memory from{d, 4 * kPage};
        gone = from.at.handle;
        tap::is(copy(d, gone, to.at.handle, 4 * kPage), 0, "a buffer that is there");
    }
    tap::fails_with(copy(d, gone, to.at.handle, 4 * kPage), EIO, "is not once it is freed");
    tap::is(d.call(DMA_TEST_FAULT, {}), 0, "the fault");
    tap::ok(d.last.handle >= gone && d.last.handle < gone + 4 * kPage, "tells the address");
    tap::ok(std::string{d.last.device}.find(".sysmmu") != std::string::npos, "the device");
    tap::is(std::string{d.last.name} == "page fault", 1, "and what it was");

    const unsigned behind = to.at.handle + to.at.bytes;
    tap::fails_with(copy(d, behind, to.at.handle, kPage), EIO, "behind the end of a buffer");
    d.call(DMA_TEST_FAULT, {});
    tap::ok(d.last.handle == behind && d.last.value == to.at.handle && d.last.bytes >= to.at.bytes,
            "the report names the range before it");
    tap::ok(d.last.owner[0] != 0, "and its owner");
    std::printf("# owner %s, device %s\n", d.last.owner, d.last.device);
    to.fill(77);
    tap::ok(copy(d, to.at.handle, to.at.handle + 2 * kPage, kPage) == 0 && to.words[2 * 1024] == 77,
            "the device works after all of that");
    tap::fails_with(d.call(DMA_TEST_FAULT, {}), ENODATA, "and nothing else has faulted");
}

/// Without translation the device addresses memory as it is.
void detached(dma::Device& d) {
    constexpr unsigned kAttributes = DMA_TEST_WRITE_COMBINE | DMA_TEST_FORCE_CONTIGUOUS;
    Memory from{d, 4 * kPage, kAttributes}, to{d, 4 * kPage, kAttributes};
    const unsigned source = d.physical(from.at.handle), target = d.physical(to.at.handle);
    from.fill(1);
    to.fill(0);
    tap::is(d.call(DMA_TEST_DETACH, {}), 0, "detach");
    tap::ok(copy(d, source, target, 4 * kPage) == 0 && to.holds(1, 4 * kPage), "physical addresses work");
    tap::is(d.call(DMA_TEST_ATTACH, {}), 0, "attach");
    from.fill(2);
    tap::ok(copy(d, from.at.handle, to.at.handle, 4 * kPage) == 0 && to.holds(2, 4 * kPage),
            "translated ones again");
    tap::fails_with(copy(d, source, to.at.handle, kPage), EIO, "and physical ones no longer");
    d.call(DMA_TEST_FAULT, {});
    tap::is(d.last.handle, source, "at that address");
}

/// A number of the device's line in /proc/dma.
long long of_device(const char* device, const std::string& name) {
    std::istringstream lines{proc::text("/proc/dma")};
    for (std::string line; std::getline(lines, line);) {
        const size_t at = line.find(" " + name + " ");
        if (line.rfind("device ", 0) == 0 && line.find(device) != std::string::npos &&
            at != std::string::npos)
            return std::atoll(line.c_str() + at + name.size() + 2);
    }
    return -1;
}

/// Every second of many buffers goes: the holes are measured, and filled before anything else is. Buffers are
/// as large as the largest alignment of a version, or two would find room in what alignment leaves.
void fragmentation(dma::Device& d) {
    constexpr unsigned kCount = 64, kEach = 64 * kPage;
    const auto ranges = [] { return of_device("g2d", "iova_ranges"); };
    const auto gap = [] { return of_device("g2d", "iova_largest_gap"); };
    const auto free = [] { return of_device("g2d", "iova_free"); };
    const long long ranges_before = ranges(), gap_before = gap(), free_before = free();
    std::vector<dma_test_call> held;
    const auto take = [&](unsigned bytes) {
        d.alloc(bytes, DMA_TEST_USER_SPACE | DMA_TEST_WRITE_COMBINE);
        held.push_back(d.last);
    };
    for (unsigned i = 0; i < kCount; ++i) take(kEach);
    const long long gap_full = gap();
    tap::is(ranges() - ranges_before, kCount, "each buffer has a range of device addresses");
    for (unsigned i = 0; i < kCount; i += 2) d.release(held[i]);
    const long long holes = free() - gap();
    tap::ok(gap() == gap_full && holes >= kCount / 2 * kEach,
            "half of them leave holes, which count as free");
    std::printf("# fragmentation %.4f %% of %lld free bytes\n",
                100.0 * static_cast<double>(holes) / static_cast<double>(free()), free());
    const unsigned last = held.back().handle;
    take(2 * kEach);
    tap::ok(held.back().handle > last, "what is larger than a hole lies behind them");
    const long long gap_then = gap();
    for (unsigned i = 0; i < kCount / 2; ++i) take(kEach);
    tap::is(gap(), gap_then, "what is as large fills them");
    for (unsigned i = 0; i < held.size(); ++i) {
        if (i >= kCount || i % 2 == 1) d.release(held[i]);
    }
    tap::ok(ranges() == ranges_before && gap() == gap_before && free() == free_before,
            "in the end the space is whole again");
}

}  // namespace

int main() {
    tap::plan(1 + 4 + 2 + 6 + 11 + 6 + 5 + 1);
    dma::Device d{"g2d"};
    if (!tap::ok(d.ready(), "the device is there")) return tap::finish();
    sizes(d);
    used_again(d);
    lists(d);
    faults(d);
    detached(d);
    fragmentation(d);
    tap::is(proc::dma("allocations") - proc::dma("frees") + proc::dma("maps") - proc::dma("unmaps"), 0,
            "nothing is left over");
    return tap::finish();
}
