// The same work with every kind of memory that a device and the processor may share: a process writes 1 MiB,
// the G2D reads it, the G2D writes it, the process reads it. Prints what each step costs and checks every
// byte. Boot with `dma_test`; in mode timing the costs are those of caches, write buffers and DRAM.
#include <sys/mman.h>

#include <map>
#include <string>
#include <vector>

#include "apps/support/measured.hpp"
#include "dma_test.hpp"
#include "proc.hpp"
#include "tap.hpp"

namespace {

constexpr unsigned kBytes = 1 << 20, kWords = kBytes / 4;

struct Kind {
    const char* name;
    unsigned attrs;
};
constexpr Kind kKinds[] = {
    {"cached", DMA_TEST_NON_CONSISTENT},
    {"writecombine", DMA_TEST_WRITE_COMBINE},
    {"coherent", 0},
    {"user", DMA_TEST_USER_SPACE | DMA_TEST_WRITE_COMBINE},
    {"cma", DMA_TEST_WRITE_COMBINE | DMA_TEST_FORCE_CONTIGUOUS},
    {"single_pages", DMA_TEST_WRITE_COMBINE | DMA_TEST_SINGLE_PAGES},
};

/// Nanoseconds by step, of one kind.
using Costs = std::map<std::string, unsigned long long>;

volatile unsigned* show(dma::Device& d, const dma_test_call& c) {
    d.call(DMA_TEST_SHOW, c);
    void* p = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, d.fd(), 0);
    return p == MAP_FAILED ? nullptr : static_cast<volatile unsigned*>(p);
}

/// Pieces that a buffer's memory is in, by physical addresses.
unsigned pieces(dma::Device& d, unsigned handle) {
    constexpr unsigned kPage = 4096;
    unsigned count = 0, expected = 0;
    for (unsigned at = 0; at < kBytes; at += kPage) {
        const unsigned here = d.physical(handle, at);
        count += here != expected;
        expected = here + kPage;
    }
    return count;
}

/// Leaves single free pages with used ones between them, as many as a buffer needs: the allocator gives those
/// first.
class Fragments {
public:
    explicit Fragments(dma::Device& d) : d_{d} {
        for (dma_test_call& c : held_) {
            d.alloc(kPage, DMA_TEST_SINGLE_PAGES | DMA_TEST_USER_SPACE);
            c = d.last;
        }
        for (unsigned i = 0; i < kCount; i += 2) release(i);
    }
    ~Fragments() {
        for (unsigned i = 1; i < kCount; i += 2) release(i);
    }

private:
    static constexpr unsigned kPage = 4096, kCount = 2 * kBytes / kPage;
    void release(unsigned i) { d_.release(held_[i]); }
    dma::Device& d_;
    std::vector<dma_test_call> held_ = std::vector<dma_test_call>(kCount);
};

void write(volatile unsigned* words, unsigned first) {
    for (unsigned i = 0; i < kWords; ++i) words[i] = first + i;
}
unsigned wrong(const volatile unsigned* words, unsigned first) {
    unsigned n = 0;
    for (unsigned i = 0; i < kWords; ++i) n += words[i] != first + i;
    return n;
}

/// Write-combined memory at the device's other end.
struct Scratch {
    dma_test_call at{};
    volatile unsigned* words = nullptr;
    explicit Scratch(dma::Device& d) {
        if (d.alloc(kBytes, DMA_TEST_WRITE_COMBINE) != 0) return;
        at = d.last;
        words = show(d, at);
    }
};

bool copy(dma::Device& d, unsigned from, unsigned to) {
    return d.call(DMA_TEST_COPY, {.handle = from, .bytes = kBytes, .value = to}) == 0;
}
void sync(dma::Device& d, dma_test_call c, unsigned direction) {
    c.direction = direction;
    d.call(DMA_TEST_CACHE_SYNC, c);
}

void check(bool good, const Kind& kind, const char* what) {
    tap::ok(good, (std::string{kind.name} + ": " + what).c_str());
}

/// The work with allocated memory.
Costs allocated(dma::Device& d, Scratch& scratch, const Kind& kind, unsigned first) {
    Costs costs;
    const long long addresses = proc::vmalloc_kib();
    costs["allocate"] = measured::ns([&] { d.alloc(kBytes, kind.attrs); });
    const dma_test_call c = d.last;
    const bool scattered = kind.attrs & DMA_TEST_SINGLE_PAGES;
    if (scattered) check(pieces(d, c.handle) > kBytes / 4096 / 2, kind, "lies in many pieces");
    const bool in_kernel = !(kind.attrs & DMA_TEST_USER_SPACE);
    check(proc::vmalloc_kib() - addresses == (in_kernel ? kBytes / 1024 : 0), kind,
          in_kernel ? "takes kernel addresses" : "takes no kernel addresses");
    volatile unsigned* words = nullptr;
    costs["map"] = measured::ns([&] { words = show(d, c); });
    if (!words) return costs;
    costs["write"] = measured::ns([&] { write(words, first); });
    costs["to_device"] = measured::ns([&] { sync(d, c, DMA_TEST_TO_DEVICE); });
    bool moved = false;
    costs["device_read"] = measured::ns([&] { moved = copy(d, c.handle, scratch.at.handle); });
    check(moved && wrong(scratch.words, first) == 0, kind, "the device reads what the process wrote");
    write(scratch.words, ~first);
    sync(d, c, DMA_TEST_FROM_DEVICE);
    costs["device_write"] = measured::ns([&] { moved = copy(d, scratch.at.handle, c.handle); });
    costs["from_device"] = measured::ns([&] { sync(d, c, DMA_TEST_FROM_DEVICE); });
    unsigned bad = 0;
    costs["read"] = measured::ns([&] { bad = wrong(words, ~first); });
    check(moved && bad == 0, kind, "and the process what the device wrote");
    costs["unmap"] = measured::ns([&] { ::munmap(const_cast<unsigned*>(words), kBytes); });
    costs["free"] = measured::ns([&] { d.release(c); });
    return costs;
}

/// The work with single pages in no order, which only its SysMMU makes one piece for the device: cacheable
/// kernel memory, the device's for a while.
Costs streamed(dma::Device& d, Scratch& scratch, const Kind& kind, unsigned first) {
    Costs costs;
    costs["allocate"] = measured::ns([&] { d.call(DMA_TEST_BUFFER, {.bytes = kBytes}); });
    const unsigned b = d.last.buffer;
    costs["map"] = measured::ns([&] { d.call(DMA_TEST_MAP_SG, {.buffer = b}); });
    const unsigned handle = d.last.handle;
    d.call(DMA_TEST_SYNC_SG_CPU, {});
    costs["write"] =
        measured::ns([&] { d.call(DMA_TEST_CPU_WRITE, {.bytes = kBytes, .value = first, .buffer = b}); });
    costs["to_device"] = measured::ns([&] { d.call(DMA_TEST_SYNC_SG_DEVICE, {}); });
    bool moved = false;
    costs["device_read"] = measured::ns([&] { moved = copy(d, handle, scratch.at.handle); });
    unsigned bad = 0;  // the list has the pages in reverse order
    constexpr unsigned kPageWords = 1024, kPages = kWords / kPageWords;
    for (unsigned i = 0; i < kWords; ++i) {
        const unsigned page = kPages - 1 - i / kPageWords;
        bad += scratch.words[i] != first + page * kPageWords + i % kPageWords;
    }
    check(moved && bad == 0, kind, "the device reads what the kernel wrote");
    for (unsigned i = 0; i < kWords; ++i)
        scratch.words[i] = ~first + (kPages - 1 - i / kPageWords) * kPageWords + i % kPageWords;
    sync(d, scratch.at, DMA_TEST_TO_DEVICE);
    costs["device_write"] = measured::ns([&] { moved = copy(d, scratch.at.handle, handle); });
    costs["from_device"] = measured::ns([&] { d.call(DMA_TEST_SYNC_SG_CPU, {}); });
    costs["read"] =
        measured::ns([&] { d.call(DMA_TEST_CPU_CHECK, {.bytes = kBytes, .value = ~first, .buffer = b}); });
    check(moved && d.last.result == 0, kind, "and the kernel what the device wrote");
    costs["unmap"] = measured::ns([&] { d.call(DMA_TEST_UNMAP_SG, {}); });
    costs["free"] = measured::ns([&] { d.call(DMA_TEST_BUFFER_FREE, {.buffer = b}); });
    return costs;
}

void print(const Kind& kind, const Costs& costs) {
    for (const auto& [step, ns] : costs) measured::print(std::string{kind.name} + "." + step, ns, "ns");
}

/// What the architecture says of the kinds, whatever the figures.
void compare(std::map<std::string, Costs>& all) {
    tap::ok(all["coherent"]["write"] > 2 * all["writecombine"]["write"],
            "Strongly-ordered stores go out one by one, write-combined ones in bursts");
    tap::ok(all["cached"]["read"] < all["writecombine"]["read"], "cached memory is read by the line");
    tap::ok(all["cached"]["to_device"] > 10 * all["writecombine"]["to_device"],
            "cached memory is cleaned for the device, write-combined memory needs a barrier");
    tap::ok(all["single_pages"]["device_read"] >= all["cma"]["device_read"],
            "single pages cost the SysMMU a walk each");
}

}  // namespace

int main() {
    constexpr int kRounds = 2;  // the first one warms up
    tap::plan(static_cast<int>(1 + kRounds * (3 * std::size(kKinds) + 3) + 4));
    dma::Device d{"g2d"};
    Scratch scratch{d};
    if (!tap::ok(d.ready() && scratch.words, "device and memory for its other end are there"))
        return tap::finish();
    std::map<std::string, Costs> all;
    const Kind single_pages{"iommu", 0};
    for (unsigned round = 0; round < kRounds; ++round) {
        const Fragments fragments{d};
        for (const Kind& kind : kKinds) all[kind.name] = allocated(d, scratch, kind, round * 0x1010'0000 + 7);
        all[single_pages.name] = streamed(d, scratch, single_pages, round * 0x1010'0000 + 7);
    }
    for (const Kind& kind : kKinds) print(kind, all[kind.name]);
    print(single_pages, all[single_pages.name]);
    compare(all);
    return tap::finish();
}
