// The DMA layer, call by call, with and without a SysMMU in front of the device: attributes, user
// allocations, mismatches, vmalloc areas, streaming mappings, and what the debug checks notice. Argument:
// "iommu" or "direct"; or "coherent", for what is otherwise with a device that sees the caches (a G2D on the
// coherency port, on a board that has caches).
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <sstream>
#include <string>

#include "apps/support/measured.hpp"
#include "dma_test.hpp"
#include "proc.hpp"
#include "tap.hpp"

namespace {

constexpr unsigned kMiB = 1 << 20, kPage = 4096;
constexpr unsigned kUser = DMA_TEST_USER_SPACE | DMA_TEST_WRITE_COMBINE;
bool iommu = false;

/// The listing's line for this kernel address.
std::string area_line(unsigned cpu) {
    char start[16];
    std::snprintf(start, sizeof start, "0x%08x-", cpu);
    const std::string all = proc::text("/proc/vmallocinfo");
    const size_t at = all.find(start);
    return at == std::string::npos ? "" : all.substr(at, all.find('\n', at) - at);
}
bool says(const std::string& line, const char* word) { return line.find(word) != std::string::npos; }

void attributes(dma::Device& d) {
    struct Row {
        unsigned attrs;
        const char* type;
        const char* name;
    };
    for (const Row& row : {Row{0, "strongly-ordered", "coherent memory is Strongly-ordered"},
                           Row{DMA_TEST_WRITE_COMBINE, "write-combine", "write-combined memory says so"},
                           Row{DMA_TEST_NON_CONSISTENT, "cached", "non-consistent memory is cached"},
                           Row{DMA_TEST_WRITE_BARRIER, "strongly-ordered", "a write barrier is accepted"},
                           Row{DMA_TEST_SINGLE_PAGES, "strongly-ordered", "single pages are accepted"},
                           Row{DMA_TEST_WEAK_ORDERING, "strongly-ordered", "weak ordering is accepted"}}) {
        const bool allocated = d.alloc(8 * kPage, row.attrs) == 0;
        const dma_test_call c = d.last;
        const std::string line = area_line(c.cpu);
        tap::ok(allocated && says(line, row.type) && says(line, "dma_test"), row.name);
        d.release(c);
    }
    tap::is(d.alloc(kPage, DMA_TEST_NO_KERNEL_MAPPING), 0, "memory without a kernel mapping");
    tap::is(d.last.cpu, 0, "has no kernel address");
    d.release(d.last);
    tap::is(d.alloc(kMiB, DMA_TEST_FORCE_CONTIGUOUS), 0, "1 MiB in one piece");
    const dma_test_call c = d.last;
    d.call(DMA_TEST_GET_SG, c);
    tap::is(d.last.result, 1, "is one entry of the sg table");
    d.release(c);
    tap::fails_with(d.alloc(kPage, 1 << 20), EINVAL, "an unknown attribute is EINVAL");
    tap::fails_with(d.alloc(kPage, DMA_TEST_WRITE_COMBINE | DMA_TEST_NON_CONSISTENT), EINVAL,
                    "two memory types at once are EINVAL");
    tap::fails_with(d.alloc(0, 0), EINVAL, "no bytes are EINVAL");
}

/// Maps what `c` describes and returns the address.
unsigned* show(dma::Device& d, const dma_test_call& c, unsigned bytes, unsigned offset = 0) {
    d.call(DMA_TEST_SHOW, c);
    void* p = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, d.fd(), static_cast<off_t>(offset));
    return p == MAP_FAILED ? nullptr : static_cast<unsigned*>(p);
}

void user_allocations(dma::Device& d) {
    const long long vmalloc_before = proc::vmalloc_kib();
    tap::is(d.alloc(kMiB, kUser), 0, "a user allocation of 1 MiB");
    const dma_test_call c = d.last;
    tap::is(c.cpu, 0, "it has no kernel address");
    tap::is(proc::vmalloc_kib(), vmalloc_before, "kernel vmalloc use is unchanged");
    unsigned* words = show(d, c, kMiB);
    tap::ok(words != nullptr, "a process maps it, found by its device address alone");
    if (!words) return;
    unsigned wrong = 0;
    for (unsigned i = 0; i < kMiB / 4; i += 1021) words[i] = i ^ 0x5A5A'0000;
    for (unsigned i = 0; i < kMiB / 4; i += 1021) wrong += d.peek(c.handle, i * 4) != (i ^ 0x5A5A'0000);
    tap::is(wrong, 0, "the device finds every word there");
    d.poke(c.handle, kMiB - 4, 0x1234'5678);
    tap::is(words[kMiB / 4 - 1], 0x1234'5678, "and the process what the device wrote");
    tap::is(d.release(c), 0, "free finds the pages too");
    tap::is(words[kMiB / 4 - 1], 0x1234'5678, "the mapping keeps them until it goes");
    ::munmap(words, kMiB);

    d.alloc(kMiB, DMA_TEST_WRITE_COMBINE);
    const dma_test_call kernel = d.last;
    tap::is(proc::vmalloc_kib(), vmalloc_before + 1024,
            "a kernel allocation of the same size takes 1 MiB of vmalloc space");
    tap::is(d.release(kernel), 0, "and gives it back");
    tap::is(proc::vmalloc_kib(), vmalloc_before, "all of it");
}

void mismatches(dma::Device& d) {
    const long long reports = proc::dma("reports"), allocated = proc::dma("allocations") - proc::dma("frees");
    d.alloc(2 * kPage, kUser);
    const dma_test_call user = d.last;
    d.alloc(2 * kPage, DMA_TEST_WRITE_COMBINE);
    const dma_test_call kernel = d.last;
    dma_test_call c = user;
    c.attrs = DMA_TEST_WRITE_COMBINE;
    tap::fails_with(d.release(c), EINVAL, "a user allocation freed as a kernel one is EINVAL");
    c = kernel;
    c.attrs = kUser;
    tap::ok(show(d, c, 2 * kPage) == nullptr && errno == EINVAL,
            "mmap of a kernel allocation as a user one is EINVAL");
    c = user;
    c.bytes = kPage;
    tap::fails_with(d.release(c), EINVAL, "the wrong size is EINVAL");
    c = kernel;
    c.cpu += kPage;
    tap::fails_with(d.release(c), EINVAL, "an address inside the area is EINVAL");
    tap::ok(show(d, kernel, 4 * kPage) == nullptr && errno == ENXIO, "mmap past the end is ENXIO");
    tap::is(d.release(user), 0, "freed as what it is");
    tap::fails_with(d.release(user), EINVAL, "freed twice is EINVAL");
    tap::is(d.release(kernel), 0, "the other one");
    tap::is(proc::dma("reports") - reports, 5, "each mistake was reported");
    tap::is(proc::dma("allocations") - proc::dma("frees"), allocated, "nothing is left over");
}

/// Whether a page that nobody has lies behind each area, before the next one.
bool areas_apart() {
    std::istringstream lines{proc::text("/proc/vmallocinfo")};
    unsigned start = 0, end = 0, before = 0, count = 0;
    for (std::string line; std::getline(lines, line); before = end, ++count) {
        if (std::sscanf(line.c_str(), "0x%x-0x%x", &start, &end) != 2) return false;
        if (before != 0 && start < before + kPage) return false;
    }
    return count > 10;
}

/// Free blocks of the page allocator: pages of a migrate type ("" for all).
long long free_block_pages(const std::string& type) {
    std::istringstream lines{proc::text("/proc/buddyinfo")};
    long long pages = 0;
    for (std::string line; std::getline(lines, line);) {
        const size_t at = line.find(" type ");
        std::istringstream words{line.substr(at + 6)};
        std::string name;
        words >> name;
        long long blocks = 0;
        for (int order = 0; words >> blocks; ++order)
            if (type.empty() || name == type) pages += blocks << order;
    }
    return pages;
}

void page_blocks() {
    (void)(free_block_pages("") + proc::free_kib());  // what reading them for the first time takes
    tap::is(free_block_pages(""), proc::free_kib() / 4,
            "free blocks of all orders and types are the free pages");
    tap::is(free_block_pages("cma"), proc::value("/proc/meminfo", "CmaFree") / 4,
            "those of contiguous areas are a type of their own");
    tap::is(free_block_pages("isolated"), 0, "and none is kept from everybody");
}

void areas(dma::Device& d) {
    tap::ok(areas_apart(), "areas have a page behind them that is nobody's");
    dma_test_call big[4];
    unsigned good = 0;
    for (dma_test_call& c : big) good += d.alloc(2 * kMiB, DMA_TEST_WRITE_COMBINE) == 0, c = d.last;
    tap::is(good, 4, "four times 2 MiB, beyond the old window");
    const std::string line = area_line(big[3].cpu);
    tap::ok(says(line, " 2097152 ") && says(line, "pages=512") && says(line, "dma_test"),
            "the listing tells size, pages and caller");
    for (const dma_test_call& c : big) d.release(c);
    tap::ok(area_line(big[3].cpu).empty(), "and forgets them");

    const long long remapped = proc::dma("linear_remapped_pages"),
                    cleaned = proc::dma("linear_cleaned_pages");
    d.alloc(8 * kPage, DMA_TEST_WRITE_COMBINE | DMA_TEST_FORCE_CONTIGUOUS);
    tap::is(proc::dma("linear_remapped_pages") - remapped, 8,
            "contiguous pages change type in the linear map");
    d.release(d.last);
    if (iommu) {
        d.alloc(8 * kPage, DMA_TEST_WRITE_COMBINE);
        tap::is(proc::dma("linear_cleaned_pages") - cleaned, 8, "the alias of others is cleaned and counted");
        d.release(d.last);
    } else {
        tap::is(proc::dma("linear_cleaned_pages") - cleaned, 0, "no alias stays without a SysMMU");
    }

    tap::is(d.call(DMA_TEST_VMALLOC, {.bytes = 5 * kPage}), 0, "vmalloc");
    const dma_test_call v = d.last;
    tap::ok(says(area_line(v.cpu), "vmalloc"), "is listed as such");
    dma_test_call c = v;
    c.cpu += kPage;
    tap::fails_with(d.call(DMA_TEST_VFREE, c), EINVAL, "vfree in its middle is EINVAL");
    tap::is(d.call(DMA_TEST_VFREE, v), 0, "vfree");
    tap::fails_with(d.call(DMA_TEST_VFREE, v), EINVAL, "vfree twice is EINVAL");
}

void sg_and_atomic(dma::Device& d) {
    d.alloc(10 * kPage, DMA_TEST_WRITE_COMBINE);
    const dma_test_call c = d.last;
    tap::is(d.call(DMA_TEST_GET_SG, c), 0, "the sg table's pages are those that the device reaches");
    d.release(c);
    tap::is(d.call(DMA_TEST_ALLOC_ATOMIC, {.bytes = 3 * kPage}), 0, "memory with interrupts masked");
    const dma_test_call a = d.last;
    tap::is(proc::dma("atomic_pool_used"), 3, "comes from the pool");
    d.call(DMA_TEST_GET_SG, a);
    tap::is(d.last.result, 1, "in one piece");
    tap::fails_with(d.call(DMA_TEST_ALLOC_ATOMIC, {.bytes = kMiB}), ENOMEM, "more than the pool is ENOMEM");
    tap::fails_with(d.call(DMA_TEST_ALLOC_ATOMIC, {.bytes = kPage, .attrs = kUser}), EINVAL,
                    "user memory is never atomic");
    tap::is(d.release(a), 0, "and goes back there");
    tap::is(proc::dma("atomic_pool_used"), 0, "all of it");
}

void streaming(dma::Device& d) {
    d.call(DMA_TEST_BUFFER, {.bytes = 4 * kPage});
    const unsigned b = d.last.buffer;
    d.call(DMA_TEST_CPU_WRITE, {.bytes = 4 * kPage, .value = 1000, .buffer = b});
    tap::is(d.call(DMA_TEST_MAP,
                   {.bytes = 2 * kPage, .direction = DMA_TEST_TO_DEVICE, .offset = 100, .buffer = b}),
            0, "a mapping that starts and ends inside pages");
    const dma_test_call m = d.last;
    tap::is(d.peek(m.handle, 0), 1025, "the device reads its first word");
    tap::is(d.peek(m.handle, 2 * kPage - 4), 1025 + 2 * kPage / 4 - 1, "and its last");
    tap::is(d.call(DMA_TEST_SYNC_CPU, {.handle = m.handle, .bytes = 64, .direction = DMA_TEST_TO_DEVICE}), 0,
            "back to the processor");
    d.call(DMA_TEST_CPU_WRITE, {.bytes = 8, .offset = 100, .value = 7, .buffer = b});
    tap::is(d.call(DMA_TEST_SYNC_DEVICE, {.handle = m.handle, .bytes = 64, .direction = DMA_TEST_TO_DEVICE}),
            0, "and to the device");
    tap::is(d.peek(m.handle, 4), 8, "which reads the new value");
    tap::is(d.call(DMA_TEST_UNMAP, {.handle = m.handle, .bytes = 2 * kPage, .direction = DMA_TEST_TO_DEVICE}),
            0, "unmapped");

    // Eight bytes in the middle of a cache line, written by the device; the rest of the line is the
    // processor's.
    d.call(DMA_TEST_CPU_WRITE, {.bytes = 64, .value = 50, .buffer = b});
    d.call(DMA_TEST_MAP, {.bytes = 8, .direction = DMA_TEST_FROM_DEVICE, .offset = 12, .buffer = b});
    const dma_test_call part = d.last;
    d.poke(part.handle, 0, 777);
    d.poke(part.handle, 4, 778);
    d.call(DMA_TEST_UNMAP, {.handle = part.handle, .bytes = 8, .direction = DMA_TEST_FROM_DEVICE});
    d.call(DMA_TEST_CPU_CHECK, {.bytes = 8, .offset = 12, .value = 777, .buffer = b});
    tap::is(d.last.result, 0, "part of a line: the device's words arrive");
    d.call(DMA_TEST_CPU_CHECK, {.bytes = 12, .value = 50, .buffer = b});
    const unsigned before = d.last.result;
    d.call(DMA_TEST_CPU_CHECK, {.bytes = 12, .offset = 20, .value = 55, .buffer = b});
    tap::is(before + d.last.result, 0, "and the neighbours survive");

    d.call(DMA_TEST_CPU_WRITE, {.bytes = 4 * kPage, .value = 0, .buffer = b});
    tap::is(d.call(DMA_TEST_MAP_SG, {.direction = DMA_TEST_BIDIRECTIONAL, .buffer = b}), 0,
            "four pages in reverse order");
    const dma_test_call list = d.last;
    tap::is(list.result, iommu ? 1 : 4, iommu ? "one piece behind a SysMMU" : "four pieces without one");
    tap::is(d.peek(list.handle, 0), 3 * kPage / 4, "the first is the last page");
    if (iommu) tap::is(d.peek(list.handle, 3 * kPage), 0, "the last is the first page");
    d.poke(list.handle, 8, 4242);
    tap::is(d.call(DMA_TEST_SYNC_SG_CPU, {.direction = DMA_TEST_BIDIRECTIONAL}), 0, "synchronised as a list");
    d.call(DMA_TEST_CPU_CHECK, {.bytes = 4, .offset = 3 * kPage + 8, .value = 4242, .buffer = b});
    tap::is(d.last.result, 0, "the processor sees what the device wrote");
    tap::is(d.call(DMA_TEST_SYNC_SG_DEVICE, {.direction = DMA_TEST_BIDIRECTIONAL}), 0, "and back");
    tap::is(d.call(DMA_TEST_UNMAP_SG, {.direction = DMA_TEST_BIDIRECTIONAL}), 0, "unmapped");
    d.call(DMA_TEST_BUFFER_FREE, {.buffer = b});
}

void mistakes(dma::Device& d) {
    long long reports = proc::dma("reports");
    const auto one_more = [&](const char* name) {
        const long long now = proc::dma("reports");
        tap::is(now - reports, 1, name);
        reports = now;
    };
    d.call(DMA_TEST_BUFFER, {.bytes = kPage});
    const unsigned b = d.last.buffer;
    const auto map = [&](unsigned offset, unsigned bytes, unsigned direction, unsigned attrs = 0) {
        d.call(DMA_TEST_MAP,
               {.bytes = bytes, .attrs = attrs, .direction = direction, .offset = offset, .buffer = b});
        return d.last.handle;
    };
    const auto unmap = [&](unsigned handle, unsigned bytes, unsigned direction) {
        return d.call(DMA_TEST_UNMAP, {.handle = handle, .bytes = bytes, .direction = direction});
    };
    tap::fails_with(unmap(0x1234'5000, 64, 0), EINVAL, "unmap of nothing is EINVAL");
    one_more("and reported");
    const unsigned handle = map(0, 256, DMA_TEST_TO_DEVICE);
    tap::fails_with(unmap(handle, 128, DMA_TEST_TO_DEVICE), EINVAL, "unmap with another size");
    one_more("is reported");
    tap::fails_with(unmap(handle, 256, DMA_TEST_FROM_DEVICE), EINVAL, "unmap in another direction");
    one_more("is reported");
    tap::fails_with(
        d.call(DMA_TEST_SYNC_CPU, {.handle = handle, .bytes = 512, .direction = DMA_TEST_TO_DEVICE}), EINVAL,
        "sync beyond the mapping");
    one_more("is reported");
    tap::fails_with(
        d.call(DMA_TEST_SYNC_CPU, {.handle = handle, .bytes = 64, .direction = DMA_TEST_FROM_DEVICE}), EINVAL,
        "sync against its direction");
    one_more("is reported");
    tap::fails_with(d.call(DMA_TEST_SYNC_CPU, {.handle = 0x1234'5000, .bytes = 64}), EINVAL,
                    "sync without a mapping");
    one_more("is reported");
    d.call(DMA_TEST_CPU_WRITE, {.bytes = 4, .value = 1, .buffer = b});
    one_more("the processor writing what the device owns is reported");
    d.call(DMA_TEST_SYNC_CPU, {.handle = handle, .bytes = 256, .direction = DMA_TEST_TO_DEVICE});
    d.call(DMA_TEST_CPU_WRITE, {.bytes = 4, .value = 1, .buffer = b});
    tap::is(proc::dma("reports") - reports, 0, "after a sync it may");
    const unsigned second = map(240, 32, DMA_TEST_FROM_DEVICE);
    one_more("a second mapping in the same cache line is reported");
    const unsigned third = map(16, 16, DMA_TEST_BIDIRECTIONAL, DMA_TEST_SKIP_CPU_SYNC);
    tap::is(proc::dma("reports") - reports, 0, "but not when it leaves the caches alone");
    d.call(DMA_TEST_LEAKS, {});
    tap::is(d.last.result, 3, "three mappings are left");
    reports = proc::dma("reports");
    unmap(third, 16, DMA_TEST_BIDIRECTIONAL);
    unmap(second, 32, DMA_TEST_FROM_DEVICE);
    tap::is(unmap(handle, 256, DMA_TEST_TO_DEVICE), 0, "unmapped as mapped");
    tap::fails_with(unmap(handle, 256, DMA_TEST_TO_DEVICE), EINVAL, "unmap twice is EINVAL");
    one_more("and reported");
    d.call(DMA_TEST_MAP_WRONG, {.value = DMA_TEST_STACK});
    one_more("memory of the stack is reported");
    d.call(DMA_TEST_MAP_WRONG, {.value = DMA_TEST_IMAGE});
    one_more("so is the kernel's image");
    tap::fails_with(d.call(DMA_TEST_MAP_WRONG, {.value = DMA_TEST_AREA}), EINVAL, "a vmalloc area is EINVAL");
    one_more("and reported");
    d.call(DMA_TEST_MAP_WRONG, {.value = DMA_TEST_FREE_PAGE});
    one_more("so is a page that is nobody's");
    d.call(DMA_TEST_LEAKS, {});
    tap::is(d.last.result, 0, "nothing is left");
    d.call(DMA_TEST_BUFFER_FREE, {.buffer = b});
}

/// A device that takes only short pieces of a list, or none over a boundary.
void segments(dma::Device& d) {
    const long long reports = proc::dma("reports");
    d.call(DMA_TEST_BUFFER, {.bytes = 4 * kPage});
    const unsigned b = d.last.buffer;
    const auto pieces = [&] {
        d.call(DMA_TEST_MAP_SG, {.buffer = b});
        const unsigned n = d.last.result;
        d.call(DMA_TEST_UNMAP_SG, {});
        return n;
    };
    tap::is(d.call(DMA_TEST_SEGMENTS, {.bytes = 2 * kPage, .value = ~0U}), 0, "at most two pages a piece");
    tap::is(pieces(), 4, "a longer list is not made one piece");
    tap::is(proc::dma("reports") - reports, 0, "and nothing is wrong with it");
    d.call(DMA_TEST_SEGMENTS, {.bytes = kPage / 2, .value = ~0U});
    pieces();
    tap::is(proc::dma("reports") - reports, 4, "pieces longer than the device takes are reported");
    d.call(DMA_TEST_SEGMENTS, {.bytes = kPage, .value = kPage / 2 - 1});
    pieces();
    tap::is(proc::dma("reports") - reports, 8, "and pieces over its boundary");
    tap::fails_with(d.call(DMA_TEST_SEGMENTS, {.bytes = kPage, .value = 0x1234}), EINVAL,
                    "a boundary that is no mask is EINVAL");
    d.call(DMA_TEST_SEGMENTS, {.bytes = ~0U, .value = ~0U});
    d.call(DMA_TEST_BUFFER_FREE, {.buffer = b});
}

/// A device that reaches only the lowest memory.
void short_addresses(dma::Device& d) {
    d.call(DMA_TEST_BUFFER, {.bytes = 2 * kPage});
    const unsigned b = d.last.buffer;
    d.call(DMA_TEST_CPU_WRITE, {.bytes = 2 * kPage, .value = 5, .buffer = b});
    d.call(DMA_TEST_MAP, {.bytes = kPage, .buffer = b});
    const unsigned real = d.physical(d.last.handle);
    d.call(DMA_TEST_UNMAP, {.handle = d.last.handle, .bytes = kPage});
    const unsigned limit = iommu ? 0x4FFF'FFFF : real - 1;
    tap::is(d.call(DMA_TEST_SET_MASK, {.value = limit}), 0, "a device with short addresses");
    const long long bounced = proc::dma("bounced");
    tap::is(d.call(DMA_TEST_MAP, {.bytes = kPage, .offset = 40, .buffer = b}), 0,
            "a mapping it does not reach");
    const dma_test_call m = d.last;
    tap::is(proc::dma("bounced") - bounced, iommu ? 0 : 1,
            iommu ? "needs no copy behind a SysMMU" : "is bounced");
    tap::ok(m.handle <= limit, "the device gets an address it reaches");
    tap::is(d.peek(m.handle, 0), 15, "with the bytes");
    d.poke(m.handle, 4, 99);
    tap::is(d.call(DMA_TEST_UNMAP, {.handle = m.handle, .bytes = kPage}), 0, "unmapped");
    d.call(DMA_TEST_CPU_CHECK, {.bytes = 4, .offset = 44, .value = 99, .buffer = b});
    const unsigned wrong = d.last.result;
    d.call(DMA_TEST_CPU_CHECK, {.bytes = 4, .offset = 48, .value = 17, .buffer = b});
    tap::is(wrong + d.last.result, 0, "what the device wrote comes back, and nothing else");
    tap::is(d.alloc(4 * kPage, DMA_TEST_WRITE_COMBINE), 0, "coherent memory for it");
    tap::ok(d.last.handle + 4 * kPage - 1 <= limit, "is in reach");
    d.release(d.last);
    tap::fails_with(d.alloc(2 * kMiB, 0) == 0 && iommu ? (d.release(d.last), errno = ENOMEM, -1) : -1, ENOMEM,
                    "and not endless without a SysMMU");
    d.call(DMA_TEST_SET_MASK, {.value = ~0U});
    d.call(DMA_TEST_BUFFER_FREE, {.buffer = b});
    tap::is(proc::dma("low_pool_used"), 0, "the low pool has everything back");
}

void at_run_time(dma::Device& d) {
    if (!iommu) {
        tap::fails_with(d.call(DMA_TEST_DETACH, {}), ENODEV, "nothing to detach without a SysMMU");
        return;
    }
    tap::is(d.call(DMA_TEST_DETACH, {}), 0, "the SysMMU passes addresses through");
    tap::is(d.call(DMA_TEST_ATTACH, {}), 0, "and translates again");
    tap::fails_with(d.call(DMA_TEST_ATTACH, {}), EBUSY, "once is enough: EBUSY");
    d.alloc(kMiB, DMA_TEST_WRITE_COMBINE);
    tap::is(d.release(d.last), 0, "and works");
}

/// A process is killed with memory, mappings and a streaming mapping in its hands.
bool kill_one() {
    const pid_t child = ::fork();
    if (child == 0) {
        dma::Device d{"fimc0"};
        d.alloc(kMiB, kUser);
        unsigned* words = show(d, d.last, kMiB);
        words[5] = 1;
        d.alloc(kMiB, 0);
        d.call(DMA_TEST_BUFFER, {.bytes = kPage});
        d.call(DMA_TEST_MAP, {.bytes = kPage, .buffer = d.last.buffer});
        ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

void killed(int times) {
    int good = 0;
    for (int i = 0; i < times; ++i) good += kill_one();
    tap::is(good, times, "a process is killed in the middle");
}

// --- A device that sees the caches

constexpr unsigned kShared = 3 * kPage, kSharedWords = kShared / 4;

/// What was allocated with interrupts masked, as a process sees it.
struct Atomic {
    dma::Device& d;
    dma_test_call memory;
    volatile unsigned* words = nullptr;
    explicit Atomic(dma::Device& device) : d{device} {
        const bool got =
            d.call(DMA_TEST_ALLOC_ATOMIC, {.bytes = kShared, .attrs = DMA_TEST_WRITE_COMBINE}) == 0;
        memory = d.last;
        if (got) words = show(d, memory, kShared);
    }
    Atomic(const Atomic&) = delete;
    int release() {
        if (words) ::munmap(const_cast<unsigned*>(words), kShared);
        return d.release(memory);
    }
    void write(unsigned first) const { dma::number(words, kSharedWords, first); }
    unsigned wrong(unsigned first) const { return dma::misnumbered(words, kSharedWords, first); }
};

unsigned long long reading_again(const volatile unsigned* words) {
    const auto read = [&] {
        for (unsigned i = 0; i < kSharedWords; ++i) (void)words[i];
    };
    read();
    return measured::ns(read);
}

/// The processor's and the device's bytes without any maintenance: each has old ones at hand when the other
/// writes.
void bytes_of_both(dma::Device& d, const Atomic& from, const Atomic& to) {
    const auto copy = [&] {
        return d.call(DMA_TEST_COPY,
                      {.handle = from.memory.handle, .bytes = kShared, .value = to.memory.handle});
    };
    unsigned failed = 0, wrong = 0;
    for (unsigned round = 1; round <= 3; ++round) {
        from.write(round * 10'000);
        to.write(0);
        failed += copy() != 0;
        wrong += to.wrong(round * 10'000);
    }
    tap::is(failed, 0, "the device copies one piece to the other, three times");
    tap::is(wrong, 0, "it has read what the processor wrote, and the processor reads what it wrote");
}

void coherent_atomic(dma::Device& d, dma::Device& past_caches) {
    Atomic from{d}, to{d};
    if (!tap::ok(from.words && to.words, "memory with interrupts masked, which a process maps")) return;
    tap::is(proc::dma("atomic_pool_used"), 0, "does not come from the pool");
    const auto in_linear_map = [&](const dma_test_call& c) { return c.cpu - d.physical(c.handle); };
    tap::is(in_linear_map(from.memory), in_linear_map(to.memory), "its kernel address is the linear map's");
    d.call(DMA_TEST_GET_SG, from.memory);
    tap::is(d.last.result, 1, "in one piece");

    tap::is(past_caches.alloc(kShared, DMA_TEST_WRITE_COMBINE), 0, "write-combined memory of another device");
    const dma_test_call combined = past_caches.last;
    unsigned* slow = show(past_caches, combined, kShared);
    if (tap::ok(slow != nullptr, "is mapped beside it"))
        tap::ok(4 * reading_again(from.words) < reading_again(slow),
                "read again it is there four times as fast: it is cached");
    if (slow) ::munmap(slow, kShared);
    past_caches.release(combined);

    bytes_of_both(d, from, to);
    tap::is(d.call(DMA_TEST_ALLOC_ATOMIC, {.bytes = kMiB}), 0, "more than the pool has");
    tap::is(d.release(d.last), 0, "goes back");
    tap::fails_with(d.call(DMA_TEST_ALLOC_ATOMIC, {.bytes = kPage, .attrs = kUser}), EINVAL,
                    "user memory is never atomic");
    dma_test_call c = from.memory;
    c.bytes += kPage;
    tap::fails_with(d.release(c), EINVAL, "the wrong size is EINVAL");
    tap::is(from.release() + to.release(), 0, "freed as what it is");
    tap::fails_with(d.release(from.memory), EINVAL, "freed twice is EINVAL");
}

int coherent() {
    tap::plan(20);
    dma::Device d{"g2d"}, past_caches{"fimc0"};
    if (!tap::ok(d.ready() && past_caches.ready(), "the devices are there")) return tap::finish();
    const auto round = [&] {
        Atomic a{d};
        const unsigned at = a.memory.handle;
        const bool copied = d.call(DMA_TEST_COPY, {.handle = at, .bytes = kShared, .value = at}) == 0;
        return a.release() == 0 && copied;
    };
    round();  // for what is allocated on first use
    const long long vmalloc_before = proc::vmalloc_kib();
    coherent_atomic(d, past_caches);
    tap::is(proc::dma("allocations") - proc::dma("frees"), 0, "no allocation is left");
    tap::is(proc::vmalloc_kib(), vmalloc_before, "no kernel address space is left over");
    round();
    const long long free_before = proc::free_kib();
    int good = 0;
    for (int i = 0; i < 20; ++i) good += round();
    tap::is(good, 20, "allocated, used and freed twenty times");
    tap::is(proc::free_kib(), free_before, "and all pages are back");
    return tap::finish();
}

}  // namespace

int main(int argc, char* argv[]) {
    if (argc > 1 && std::string{argv[1]} == "coherent") return coherent();
    iommu = argc > 1 && std::string{argv[1]} == "iommu";
    tap::plan(iommu ? 127 : 123);
    dma::Device d{"fimc0"};
    if (!tap::ok(d.ready(), "the device is there")) return tap::finish();
    const long long vmalloc_before = proc::vmalloc_kib();
    attributes(d);
    user_allocations(d);
    mismatches(d);
    page_blocks();
    areas(d);
    sg_and_atomic(d);
    streaming(d);
    mistakes(d);
    segments(d);
    short_addresses(d);
    at_run_time(d);
    killed(1);  // for what is allocated on first use
    const long long free_before = proc::free_kib();
    killed(20);
    tap::is(proc::free_kib(), free_before, "twenty times, and all pages are back");
    tap::is(proc::dma("allocations") - proc::dma("frees"), 0, "no allocation is left");
    tap::is(proc::dma("maps") - proc::dma("unmaps"), 0, "no mapping is left");
    tap::is(proc::vmalloc_kib(), vmalloc_before, "no kernel address space is left over");
    return tap::finish();
}
