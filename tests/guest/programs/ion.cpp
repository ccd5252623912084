// ION: heaps and masks, handles, coherency by faults, and memory that follows the attached devices. Argument:
// "iommu" or "direct" (FIMC0 without its SysMMU).
#include <sys/mman.h>
#include <sys/wait.h>

#include "dma_test.hpp"
#include "ion.hpp"
#include "tap.hpp"

namespace {

constexpr unsigned kPage = 4096, kPages = 16, kBytes = kPages * kPage;
bool iommu = true;

constexpr unsigned bit(unsigned heap) { return 1U << heap; }
constexpr unsigned kSystem = bit(ION_HEAP_TYPE_SYSTEM), kContig = bit(ION_HEAP_TYPE_SYSTEM_CONTIG),
                   kCma = bit(ION_HEAP_TYPE_DMA), kAuto = bit(ION_HEAP_ID_AUTO);

unsigned* map(int fd) {
    void* at = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return at == MAP_FAILED ? nullptr : static_cast<unsigned*>(at);
}

// --- D1

void heaps() {
    Ion ion;
    ion_heap_query q{};
    tap::is(ioctl(ion.fd, ION_IOC_HEAP_QUERY, &q), 0, "heaps can be listed");
    tap::is(q.cnt, 4, "there are four");
    tap::is(ion.alloc(kSystem), 0, "the system heap gives memory");
    tap::ok(ion.heap() == "ion_system_heap", "its own");
    ion.alloc(kSystem | kContig | kCma);
    tap::ok(ion.heap() == "ion_cma_heap", "of several heaps the highest id is first");
    tap::is(ion.alloc(kSystem | kContig, 0, 8 << 20), 0, "one that cannot give so much is passed over");
    tap::ok(ion.heap() == "ion_system_heap", "for the next one");
    tap::fails_with(ion.alloc(kContig, 0, 8 << 20), ENOMEM, "alone it says ENOMEM");
    tap::fails_with(ion.alloc(bit(ION_HEAP_TYPE_CARVEOUT)), ENODEV, "a heap that is not there is ENODEV");
    tap::fails_with(ion.alloc(0), ENODEV, "no heap is ENODEV");
    tap::fails_with(ion.alloc(kSystem, 0, 0), EINVAL, "no bytes are EINVAL");
    tap::fails_with(ion.alloc(kSystem, 8), EINVAL, "unknown flags are EINVAL");
    tap::fails_with(ion.alloc(kSystem, 0, kBytes, 24), EINVAL, "an alignment of 24 is EINVAL");
}

void handles() {
    Ion one, two;
    one.alloc(kSystem);
    const int fd = one.share();
    const int there = two.import(fd);
    tap::ok(there > 0, "another client imports what one shares");
    tap::is(two.import(fd), there, "a second import is the same handle");
    tap::is(one.import(fd), one.handle, "and so is one by the owner");
    tap::is(two.release(there), 0, "each import needs its own free");
    tap::is(two.release(there), 0, "the second too");
    tap::fails_with(two.release(there), EINVAL, "a third is EINVAL");
    tap::fails_with(two.import(0), EINVAL, "a file that is no dma-buf is EINVAL");
    tap::fails_with(one.release(77), EINVAL, "a handle nobody has is EINVAL");
    ::close(fd);
}

// --- E4: caches made coherent by faults

void faults() {
    Ion ion;
    ion.alloc(kCma, ION_FLAG_CACHED);
    const int fd = ion.share();
    dmabuf::Importer t;
    dma::Device eye{"fimc0"};
    unsigned* p = map(fd);
    t.import(fd);
    t.attach("fimc0");
    for (unsigned i = 0; i < kBytes / 4; ++i) p[i] = i;
    const long long shootdowns = dmabuf::count("shootdowns"), faults = dmabuf::count("faults");
    t.map(DMABUF_TEST_BIDIRECTIONAL);
    const unsigned iova = t.last.value;
    tap::is(dmabuf::count("shootdowns") - shootdowns, 1, "a map for a device takes the pages away");
    unsigned wrong = 0;
    for (unsigned i = 0; i < kBytes / 4; i += 61) wrong += eye.peek(iova, 4 * i) != i;
    tap::is(wrong, 0, "and the device reads what the program wrote, without any call");
    eye.poke(iova, 3 * kPage, 4711);
    t.unmap();
    const long long maintained = dmabuf::count("maintained");
    tap::is(p[3 * kPage / 4], 4711, "the program reads what the device wrote");
    tap::is(dmabuf::count("faults") - faults, 1, "by one fault");
    tap::is(dmabuf::count("maintained") - maintained, kPage, "that sees to one page");
    t.map(DMABUF_TEST_TO_DEVICE);
    tap::is(dmabuf::count("maintained") - maintained, 2 * kPage, "the next map cleans only that page");
    t.unmap();
    dmabuf::Importer screen;
    screen.import(fd);
    screen.attach("mixer0");
    const long long handed_over = dmabuf::count("maintained");
    screen.map(DMABUF_TEST_TO_DEVICE);
    screen.unmap();
    t.map(DMABUF_TEST_FROM_DEVICE);
    tap::is(dmabuf::count("maintained") - handed_over, 0,
            "from device to device, untouched by the program, not a byte is");
    t.release();
    screen.release();
    munmap(p, kBytes);
    ::close(fd);
}

// --- D3: placement follows the devices

void placement() {
    Ion ion;
    ion.alloc(kAuto);
    const int fd = ion.share();
    dmabuf::Importer behind_mmu, t;
    unsigned* p = map(fd);
    for (unsigned i = 0; i < kBytes / 4; ++i) p[i] = i ^ 0x5555;  // placed now, for nobody yet
    const long long moves = dmabuf::count("moves");
    behind_mmu.import(fd);
    behind_mmu.attach("mixer0");
    behind_mmu.map(DMABUF_TEST_TO_DEVICE);
    t.import(fd);
    if (iommu) {
        tap::is(t.attach("fimc0"), 0, "a second device behind a SysMMU attaches");
        tap::is(dmabuf::count("moves") - moves, 0, "nothing has to move");
    } else {
        tap::fails_with(t.attach("fimc0"), EBUSY, "a late device that cannot reach mapped memory is EBUSY");
        behind_mmu.unmap();
        tap::is(t.attach("fimc0"), 0, "once nobody has it mapped it attaches");
        tap::is(dmabuf::count("moves") - moves, 1, "and the memory has moved");
    }
    tap::is(t.map(DMABUF_TEST_BIDIRECTIONAL), 0, "it can be mapped");
    dma::Device eye{"fimc0"};
    unsigned wrong = 0;
    for (unsigned i = 0; i < kBytes / 4; i += 61) wrong += eye.peek(t.last.value, 4 * i) != (i ^ 0x5555);
    tap::is(wrong, 0, "with its contents");
    tap::is(p[100], 100 ^ 0x5555, "which the program still sees");
    p[100] = 1;
    dmabuf::sync(fd, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW);
    tap::is(eye.peek(t.last.value, 400), 1, "in the same memory");
    munmap(p, kBytes);
    ::close(fd);

    ion.alloc(kSystem);  // a heap with one kind of memory refuses
    const int fixed = ion.share();
    dmabuf::Importer late;
    late.import(fixed);
    if (iommu) {
        tap::is(late.attach("fimc0"), 0, "the system heap serves a device behind a SysMMU");
    } else {
        tap::fails_with(late.attach("fimc0"), EINVAL, "the system heap refuses a device without one");
    }
    ::close(fixed);
}

// --- D2: addresses for programs

void addresses() {
    Ion ion;
    ion.alloc(kAuto);
    ion_map_device_data m{ion.handle, 0, "fimc0"};
    ion_custom_data c{ION_CUSTOM_MAP_DEVICE, reinterpret_cast<unsigned long>(&m)};
    tap::is(ioctl(ion.fd, ION_IOC_CUSTOM, &c), 0, "a buffer is mapped for a device");
    const int fd = ion.share();
    unsigned* p = map(fd);
    p[7] = 777;
    dmabuf::sync(fd, DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE);
    dma::Device eye{"fimc0"};
    tap::is(eye.peek(m.address, 28), 777, "and the program knows where the device finds it");
    tap::fails_with(ioctl(ion.fd, ION_IOC_CUSTOM, &c), EBUSY, "twice is EBUSY");
    c.cmd = 99;
    tap::fails_with(ioctl(ion.fd, ION_IOC_CUSTOM, &c), ENOTTY, "another custom call is ENOTTY");
    munmap(p, kBytes);
    ::close(fd);
}

}  // namespace

int main(int argc, char** argv) {
    iommu = argc < 2 || std::strcmp(argv[1], "direct") != 0;
    tap::plan(iommu ? 42 : 43);
    heaps();
    handles();
    faults();
    placement();
    addresses();
    tap::is(dmabuf::count("buffers"), 0, "no buffer is left");
    tap::is(dmabuf::count("attaches") - dmabuf::count("detaches"), 0, "no attachment");
    tap::is(dmabuf::count("maps") - dmabuf::count("unmaps"), 0, "no mapping");
    return tap::finish();
}
