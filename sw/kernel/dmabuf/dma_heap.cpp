// /dev/dma_heap/*: memory straight as dma-bufs (linux/dma-heap.h). As Linux's: cached, with
// DMA_BUF_IOCTL_SYNC around what the processor does.
#include <linux/dma-heap.h>

#include "core/uaccess.hpp"
#include "core/vfs.hpp"
#include "dmabuf/placed_buffer.hpp"
#include "driver/device.hpp"
#include "mm/cma.hpp"
#include "mm/page.hpp"

namespace kernel {

namespace {

struct Heap {
    const char* node;  ///< below /dev/dma_heap
    Placement placement;
};
constexpr Heap kHeaps[] = {
    {"system", Placement::scattered},
    {"reserved", Placement::contiguous},   // the default area, by the name Linux gives it ...
    {"linux,cma", Placement::contiguous},  // ... and by its node in the device tree
};

struct HeapFile : File {
    explicit HeapFile(const Heap& h) : heap{h} {}
    const Heap& heap;

    Result<uint32_t> ioctl(uint32_t command, UserAddr argument) override {
        if (command != DMA_HEAP_IOCTL_ALLOC) return Errno::kNoTty;
        auto asked = TRY(get_user<dma_heap_allocation_data>(argument));
        asked.fd = TRY(allocate(asked));
        TRY(put_user(argument, asked));
        return 0U;
    }

private:
    Result<uint32_t> allocate(const dma_heap_allocation_data& asked) const {
        const bool valid = asked.fd == 0 && !(asked.fd_flags & ~(kCloseOnExec | kAccessMode)) &&
                           !(asked.heap_flags & ~uint64_t{DMA_HEAP_VALID_HEAP_FLAGS});
        if (!valid || asked.len == 0) return Errno::kInval;
        if (asked.len > memory_limit()) return Errno::kNoMem;
        CmaArea* area = heap.placement == Placement::contiguous ? cma_default() : nullptr;
        auto buffer = TRY(export_placed_buffer({.bytes = static_cast<uint32_t>(asked.len),
                                                .exporter = heap.node,
                                                .placement = heap.placement,
                                                .area = area}));
        TRY(place_now(*buffer));
        const bool writable = (asked.fd_flags & kAccessMode) != kReadOnly;
        return buffer->install(asked.fd_flags & kCloseOnExec, writable);
    }
    /// More can never be had, whatever is given back.
    static uint64_t memory_limit() { return uint64_t{memory_use().total_pages} * kPageSize; }
};

Result<Ref<File>> open_heap(void* heap) {
    return Ref<File>{TRY(make_ref<HeapFile>(*static_cast<const Heap*>(heap)))};
}

Result<> start() {
    constexpr uint32_t kFirstNumber = 0xFB00;
    auto folder = TRY(make_directory());
    uint32_t number = kFirstNumber;
    for (const Heap& heap : kHeaps) {
        if (heap.placement == Placement::contiguous && !cma_default()) continue;
        TRY(folder->link(heap.node, TRY(make_device_node(open_heap, const_cast<Heap*>(&heap), number++))));
    }
    return device_directory()->link("dma_heap", folder);
}

constexpr Service kDmaHeaps{"dma_heap", start};
REGISTER_SERVICE(kDmaHeaps);

}  // namespace

}  // namespace kernel
