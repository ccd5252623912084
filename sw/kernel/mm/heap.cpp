// Each slab page starts with a header; a block's size is found from its page, so giving it back needs no
// size.
#include "mm/heap.hpp"

#include <atomic>
#include <new>

#include "core/lock.hpp"
#include "core/log.hpp"
#include "core/string.hpp"
#include "mm/fault_injection.hpp"
#include "mm/page.hpp"

namespace kernel {

namespace {

constexpr uint32_t kSmallest = 32, kLargest = 2048;
constexpr uint32_t kClasses = 7;
constexpr uint32_t kMagic = 0x534C4142;

struct FreeBlock {
    FreeBlock* next;
};

/// First bytes of a slab page or of a block of whole pages.
struct Header {
    uint32_t magic;
    uint32_t size;  ///< block size of the slab, or bytes of the page block
    uint32_t used;
    uint32_t pad;
    FreeBlock* free;
    ListNode node;
};
constexpr uint32_t kHeaderBytes = align_up(sizeof(Header), kSmallest);
constexpr uint32_t kMost = (kPageSize << kMaxOrder) - kHeaderBytes;

List<Header, &Header::node> partial[kClasses];
IrqLock lock;
std::atomic<uint32_t> blocks_out;

uint32_t class_of(uint32_t bytes) {
    uint32_t c = 0;
    while ((kSmallest << c) < bytes) ++c;
    return c;
}

Header* new_slab(uint32_t size) {
    auto page = alloc_pages(0);
    if (!page) return nullptr;
    auto* slab = new (page_data(page.value())) Header{kMagic, size, 0, 0, nullptr, {}};
    const uint32_t first = align_up(kHeaderBytes, size < 64 ? size : 64);
    for (uint32_t at = first; at + size <= kPageSize; at += size) {
        auto* block = reinterpret_cast<FreeBlock*>(reinterpret_cast<uint8_t*>(slab) + at);
        block->next = slab->free;
        slab->free = block;
    }
    return slab;
}

void* take_small(uint32_t bytes) {
    const IrqGuard guard{lock};
    const uint32_t c = class_of(bytes);
    Header* slab = partial[c].front();
    if (!slab) {
        slab = new_slab(kSmallest << c);
        if (!slab) return nullptr;
        partial[c].push_back(*slab);
    }
    FreeBlock* block = slab->free;
    slab->free = block->next;
    ++slab->used;
    if (!slab->free) slab->node.unlink();
    return block;
}

uint32_t order_for(uint32_t bytes) {
    uint32_t order = 0;
    while ((kPageSize << order) < bytes) ++order;
    return order;
}

void* take_pages(uint32_t bytes) {
    auto page = alloc_pages(order_for(bytes + kHeaderBytes));
    if (!page) return nullptr;
    auto* header = new (page_data(page.value())) Header{kMagic, bytes + kHeaderBytes, 1, 0, nullptr, {}};
    return reinterpret_cast<uint8_t*>(header) + kHeaderBytes;
}

void give_small(Header* slab, void* block) {
    const IrqGuard guard{lock};
    auto* free = static_cast<FreeBlock*>(block);
    if (!slab->free) partial[class_of(slab->size)].push_back(*slab);
    free->next = slab->free;
    slab->free = free;
    if (--slab->used > 0) return;
    slab->node.unlink();
    slab->magic = 0;
    free_pages(phys_to_page(virt_to_phys(address_of(slab))), 0);
}

}  // namespace

void* heap_alloc(size_t bytes, const void* site) {
    if (injected_failure(site) || bytes > kMost) return nullptr;
    const auto wanted = static_cast<uint32_t>(bytes);
    void* block = wanted <= kLargest ? take_small(wanted) : take_pages(wanted);
    if (block) ++blocks_out;
    return block;
}

void heap_free(void* block) {
    if (!block) return;
    --blocks_out;
    auto* header = reinterpret_cast<Header*>(reinterpret_cast<uintptr_t>(block) & ~uintptr_t{kPageSize - 1});
    if (header->magic != kMagic) panic("heap: %p was never allocated", block);
    if (header->size <= kLargest) {
        give_small(header, block);
    } else {
        header->magic = 0;
        free_pages(phys_to_page(virt_to_phys(address_of(header))), order_for(header->size));
    }
}

uint32_t heap_blocks() { return blocks_out; }
void heap_keeps_one() { --blocks_out; }

}  // namespace kernel
