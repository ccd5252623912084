#include "dma/test_device.hpp"

#include <exysim/dma_test.h>

#include "arch/cache.hpp"
#include "arch/cpu.hpp"
#include "core/file.hpp"
#include "core/string.hpp"
#include "core/uaccess.hpp"
#include "dma/allocate.hpp"
#include "dma/debug.hpp"
#include "dma/streaming.hpp"
#include "dma/test_engine.hpp"
#include "mm/page.hpp"
#include "mm/user_space.hpp"
#include "mm/vmalloc.hpp"

namespace kernel {

namespace {

using Call = dma_test_call;

/// Something this file has to give back when it goes.
struct Held {
    ListNode node;
    DmaMemory memory;
    uint32_t bytes;
    DmaAttributes attributes;
};

struct HeldMapping {
    ListNode node;
    Iova at;
    uint32_t bytes;
    DmaDirection direction;
};

/// Kernel memory for streaming mappings: one block, so that a piece of it is contiguous.
struct Buffer {
    Page* first = nullptr;
    uint32_t order = 0;
    uint32_t bytes = 0;
};
constexpr uint32_t kMostBuffers = 4;

struct TestFile : File {
    DmaDevice device;
    List<Held, &Held::node> held;
    List<HeldMapping, &HeldMapping::node> mappings;
    Buffer buffers[kMostBuffers];
    SgTable list;
    DmaDirection list_direction = DmaDirection::bidirectional;
    Call shown{};
    Call fault{};
    bool has_fault = false;

    ~TestFile() override;
    Result<uint32_t> ioctl(uint32_t command, UserAddr argument) override;
    Result<> mmap(Vma& vma) override;

    Result<Buffer*> buffer(const Call& c) {
        if (c.buffer >= kMostBuffers || !buffers[c.buffer].first) return Errno::kInval;
        Buffer& b = buffers[c.buffer];
        if (c.offset > b.bytes || c.bytes > b.bytes - c.offset) return Errno::kInval;
        return &b;
    }
};

DmaAttributes attributes_of(const Call& c) { return DmaAttributes{c.attrs}; }
DmaDirection direction_of(const Call& c) { return static_cast<DmaDirection>(c.direction % 3); }
DmaMemory memory_of(const Call& c) { return {VirtAddr{c.cpu}, Iova{c.handle}}; }

Result<> select(TestFile& f, Call& c) {
    c.name[sizeof c.name - 1] = 0;
    const Node aliases = fdt_root().child("aliases");
    const Property path = aliases.property(c.name);
    if (!path) return Errno::kNoDev;
    f.device = TRY(DmaDevice::of(fdt_find(path.text())));
    return Ok{};
}

Result<> set_mask(TestFile& f, Call& c) { return f.device.set_mask(c.value); }
Result<> set_segments(TestFile& f, Call& c) { return f.device.set_segment_limits(c.bytes, c.value); }

Result<> allocate(TestFile& f, Call& c, DmaContextKind kind) {
    auto held = TRY(make<Held>());
    held->memory = TRY(dma_alloc(f.device, c.bytes, attributes_of(c), kind, "dma_test"));
    held->bytes = c.bytes;
    held->attributes = attributes_of(c);
    c.handle = held->memory.handle.value;
    c.cpu = held->memory.cpu.value;
    f.held.push_back(*held.release());
    return Ok{};
}
Result<> alloc_sleeping(TestFile& f, Call& c) { return allocate(f, c, DmaContextKind::may_sleep); }
Result<> alloc_atomic(TestFile& f, Call& c) {
    IrqLock lock;
    const IrqGuard guard{lock};
    return allocate(f, c, DmaContextKind::atomic);
}

Result<> free_memory(TestFile& f, Call& c) {
    TRY(dma_free(f.device, c.bytes, memory_of(c), attributes_of(c), "dma_test"));
    for (Held& h : f.held) {
        if (h.memory.handle != Iova{c.handle}) continue;
        h.node.unlink();
        delete &h;
        break;
    }
    return Ok{};
}

Result<> show(TestFile& f, Call& c) {
    f.shown = c;
    return Ok{};
}

Result<> get_sg(TestFile& f, Call& c) {
    const SgTable table = TRY(dma_get_sgtable(f.device, memory_of(c), c.bytes, "dma_test"));
    DmaContext& context = f.device.context();
    uint32_t at = 0;
    for (const SgEntry& e : table.entries()) {
        for (uint32_t inside = 0; inside < e.length; inside += kPageSize, at += kPageSize) {
            const PhysAddr seen = TRY(context.ops->resolve(context, Iova{c.handle + at}));
            if (seen != page_to_phys(e.page) + e.offset + inside) return Errno::kIo;
        }
    }
    if (at != align_up(c.bytes, kPageSize)) return Errno::kIo;  // a page too few or too many
    c.result = static_cast<uint32_t>(table.entries().size());
    return Ok{};
}

/// Reads or writes one word of memory where the device's translation leads: past all caches, unless it sees
/// them.
template <class Access>
Result<> as_device(TestFile& f, const Call& c, Access access) {
    DmaContext& context = f.device.context();
    const PhysAddr at = TRY(context.ops->resolve(context, Iova{c.handle + c.offset}));
    const Pfn pfn = pfn_of(at);
    const MemoryType type = f.device.memory_type(MemoryType::strongly_ordered);
    const VirtAddr page = TRY(vmap({&pfn, 1}, type, AreaKind::map));
    access(*pointer<volatile uint32_t>(page + align_down(at.value % kPageSize, 4)));
    return vunmap(page, AreaKind::map);
}
Result<> peek(TestFile& f, Call& c) {
    wmb();
    return as_device(f, c, [&](volatile uint32_t& word) { c.value = word; });
}
Result<> poke(TestFile& f, Call& c) {
    return as_device(f, c, [&](volatile uint32_t& word) { word = c.value; });
}
Result<> physical(TestFile& f, Call& c) {
    DmaContext& context = f.device.context();
    c.result = TRY(context.ops->resolve(context, Iova{c.handle + c.offset})).value;
    return Ok{};
}

Result<> new_buffer(TestFile& f, Call& c) {
    for (uint32_t i = 0; i < kMostBuffers; ++i) {
        Buffer& b = f.buffers[i];
        if (b.first) continue;
        while ((kPageSize << b.order) < c.bytes && b.order < kMaxOrder) ++b.order;
        if (c.bytes == 0 || (kPageSize << b.order) < c.bytes) return Errno::kInval;
        b.first = TRY(alloc_pages(b.order, kZeroed));
        split_block(b.first, b.order);
        b.bytes = kPageSize << b.order;
        c.buffer = i;
        return Ok{};
    }
    return Errno::kNoSpc;
}

void drop(Buffer& b) {
    for (uint32_t i = 0; b.first && i < 1U << b.order; ++i) page_put(b.first + i);
    b = {};
}
Result<> free_buffer(TestFile& f, Call& c) {
    drop(*TRY(f.buffer(c)));
    return Ok{};
}

/// The words [offset, offset + bytes) of a buffer, for the processor.
struct Words {
    uint32_t* at;
    uint32_t count;
};
Result<Words> words_for_cpu(TestFile& f, const Call& c) {
    Buffer* b = TRY(f.buffer(c));
    (void)dma_debug_cpu_access(page_to_phys(b->first) + c.offset, c.bytes, "dma_test");
    return Words{page_data<uint32_t>(b->first) + c.offset / 4, c.bytes / 4};
}
Result<> cpu_write(TestFile& f, Call& c) {
    const Words words = TRY(words_for_cpu(f, c));
    for (uint32_t i = 0; i < words.count; ++i) words.at[i] = c.value + i;
    return Ok{};
}
Result<> cpu_check(TestFile& f, Call& c) {
    const Words words = TRY(words_for_cpu(f, c));
    c.result = 0;
    for (uint32_t i = 0; i < words.count; ++i) c.result += words.at[i] != c.value + i;
    return Ok{};
}

Result<> map(TestFile& f, Call& c) {
    Buffer* b = TRY(f.buffer(c));
    auto held = TRY(make<HeldMapping>());
    held->at = TRY(
        dma_map_page(f.device, b->first, c.offset, c.bytes, direction_of(c), attributes_of(c), "dma_test"));
    held->bytes = c.bytes;
    held->direction = direction_of(c);
    c.handle = held->at.value;
    f.mappings.push_back(*held.release());
    return Ok{};
}
Result<> unmap(TestFile& f, Call& c) {
    TRY(dma_unmap(f.device, Iova{c.handle}, c.bytes, direction_of(c), attributes_of(c), "dma_test"));
    for (HeldMapping& h : f.mappings) {
        if (h.at != Iova{c.handle}) continue;
        h.node.unlink();
        delete &h;
        break;
    }
    return Ok{};
}
Result<> sync_cpu(TestFile& f, Call& c) {
    return dma_sync_for_cpu(f.device, Iova{c.handle}, c.offset, c.bytes, direction_of(c), "dma_test");
}
Result<> sync_device(TestFile& f, Call& c) {
    return dma_sync_for_device(f.device, Iova{c.handle}, c.offset, c.bytes, direction_of(c), "dma_test");
}

Result<> map_sg(TestFile& f, Call& c) {
    if (f.list.mapped) return Errno::kBusy;
    Buffer* b = TRY(f.buffer(c));
    const uint32_t pages = b->bytes / kPageSize;
    SgTable fresh = TRY(SgTable::create(pages));
    for (uint32_t i = 0; i < pages; ++i) {
        fresh.entries()[i].page = b->first + (pages - 1 - i);
        fresh.entries()[i].length = kPageSize;
    }
    f.list.swap(fresh);
    TRY(dma_map_sg(f.device, f.list, direction_of(c), attributes_of(c), "dma_test"));
    f.list_direction = direction_of(c);
    c.handle = f.list.entries()[0].device.value;
    c.result = f.list.mapped;
    return Ok{};
}
Result<> unmap_sg(TestFile& f, Call& c) {
    return dma_unmap_sg(f.device, f.list, direction_of(c), attributes_of(c), "dma_test");
}
Result<> sync_sg_cpu(TestFile& f, Call& c) {
    return dma_sync_sg_for_cpu(f.device, f.list, direction_of(c), "dma_test");
}
Result<> sync_sg_device(TestFile& f, Call& c) {
    return dma_sync_sg_for_device(f.device, f.list, direction_of(c), "dma_test");
}

Result<> map_and_unmap(TestFile& f, VirtAddr memory, uint32_t bytes) {
    const Iova at = TRY(dma_map_single(f.device, memory, bytes, DmaDirection::to_device, {}, "dma_test"));
    return dma_unmap(f.device, at, bytes, DmaDirection::to_device, {}, "dma_test");
}

/// In the middle of a larger block: what the mapping itself allocates comes from smaller ones.
Result<> map_free_page(TestFile& f) {
    constexpr uint32_t kOrder = 4;
    Page* block = TRY(alloc_pages(kOrder));
    const VirtAddr middle = address_of(page_data(block)) + 8 * kPageSize;
    free_pages(block, kOrder);
    return map_and_unmap(f, middle, 64);
}

Result<> map_area(TestFile& f) {
    const VirtAddr area = TRY(vmalloc(kPageSize, "dma_test"));
    auto mapped = map_and_unmap(f, area, 64);
    TRY(vfree(area, "dma_test"));
    return mapped;
}

Result<> map_wrong(TestFile& f, Call& c) {
    alignas(64) uint8_t local[64] = {};
    alignas(64) static uint8_t data[64];
    switch (c.value) {
        case DMA_TEST_STACK:
            return map_and_unmap(f, address_of(local), sizeof local);
        case DMA_TEST_IMAGE:
            return map_and_unmap(f, address_of(data), sizeof data);
        case DMA_TEST_AREA:
            return map_area(f);
        case DMA_TEST_FREE_PAGE:
            return map_free_page(f);
        default:
            return Errno::kInval;
    }
}

Result<> leaks(TestFile& f, Call& c) {
    c.result = dma_debug_leaks(f.device.context(), "dma_test");
    return Ok{};
}

Result<> detach(TestFile& f, Call&) { return iommu_detach(f.device.context().device); }
Result<> attach(TestFile& f, Call&) {
    DmaContext& c = f.device.context();
    if (!c.domain) return Errno::kNoDev;
    return iommu_attach(c.device, *c.domain);
}

Result<> prefetch(TestFile& f, Call& c) {
    return iommu_prefetch(f.device.context().device, c.value, Iova{c.handle}, c.bytes);
}

Result<> test_vmalloc(TestFile&, Call& c) {
    c.cpu = TRY(vmalloc(c.bytes, "dma_test")).value;
    return Ok{};
}
Result<> test_vfree(TestFile&, Call& c) { return vfree(VirtAddr{c.cpu}, "dma_test"); }

Result<> cache_sync(TestFile& f, Call& c) {
    return dma_cache_sync(f.device, memory_of(c), c.offset, c.bytes, direction_of(c), "dma_test");
}

/// What a fault looked like, kept beyond the ranges it speaks of.
void keep_fault(Call& kept, const IommuFault& fault) {
    kept = {};
    kept.handle = fault.iova.value;
    kept.value = fault.neighbour.base.value;
    kept.bytes = fault.neighbour.size;
    kept.direction = fault.direction[0] == 'r'   ? DMA_TEST_TO_DEVICE
                     : fault.direction[0] == 'w' ? DMA_TEST_FROM_DEVICE
                                                 : DMA_TEST_BIDIRECTIONAL;
    copy_text(kept.name, Text{fault.kind});
    copy_text(kept.device, Text{fault.device});
    copy_text(kept.owner, Text{fault.neighbour.name});
}

/// While this lives, faults of the device end what the engine does.
class FaultWatch {
public:
    FaultWatch(TestFile& f, const TestEngine& engine) : file_{f}, engine_{engine} {
        IommuDomain* domain = f.device.context().domain;
        if (!domain) return;
        old_handler_ = domain->fault_handler();
        old_context_ = domain->fault_context();
        domain->on_fault(give_up, this);
    }
    ~FaultWatch() {
        if (IommuDomain* domain = file_.device.context().domain) domain->on_fault(old_handler_, old_context_);
    }
    FaultWatch(const FaultWatch&) = delete;
    const volatile bool& faulted() const { return faulted_; }

private:
    static FaultAnswer give_up(void* self, const IommuFault& fault) {
        auto& watch = *static_cast<FaultWatch*>(self);
        keep_fault(watch.file_.fault, fault);
        watch.file_.has_fault = true;
        watch.engine_.reset();
        watch.faulted_ = true;
        return FaultAnswer::drop;
    }
    TestFile& file_;
    const TestEngine& engine_;
    IommuDomain::FaultHandler old_handler_ = nullptr;
    void* old_context_ = nullptr;
    volatile bool faulted_ = false;
};

Result<> device_copy(TestFile& f, Call& c) {
    const TestEngine engine = TRY(TestEngine::of(f.device.context().device));
    const FaultWatch watch{f, engine};
    return engine.copy(Iova{c.handle}, Iova{c.value}, c.bytes, watch.faulted());
}
Result<> last_fault(TestFile& f, Call& c) {
    if (!f.has_fault) return Errno::kNoData;
    c = f.fault;
    f.has_fault = false;
    return Ok{};
}

using Handler = Result<> (*)(TestFile&, Call&);
constexpr Handler kHandlers[] = {
    select,      set_mask,       alloc_sleeping, alloc_atomic, free_memory,
    show,        get_sg,         peek,           poke,         physical,
    new_buffer,  free_buffer,    cpu_write,      cpu_check,    map,
    unmap,       sync_cpu,       sync_device,    map_sg,       unmap_sg,
    sync_sg_cpu, sync_sg_device, map_wrong,      leaks,        detach,
    attach,      test_vmalloc,   test_vfree,     cache_sync,   device_copy,
    last_fault,  set_segments,   prefetch,
};
static_assert(sizeof kHandlers / sizeof *kHandlers == DMA_TEST_OPS);

Result<uint32_t> TestFile::ioctl(uint32_t command, UserAddr argument) {
    if (command != DMA_TEST_CALL) return Errno::kNoTty;
    Call call = TRY(get_user<Call>(argument));
    if (call.op >= DMA_TEST_OPS) return Errno::kInval;
    if (!device && call.op != DMA_TEST_SELECT) return Errno::kNoDev;
    TRY(kHandlers[call.op](*this, call));
    TRY(put_user(argument, call));
    return 0U;
}

Result<> TestFile::mmap(Vma& vma) {
    if (!device) return Errno::kNoDev;
    return dma_mmap(device, vma, memory_of(shown), shown.bytes, attributes_of(shown), "dma_test");
}

TestFile::~TestFile() {
    if (list.mapped) (void)dma_unmap_sg(device, list, list_direction, {}, "dma_test");
    while (HeldMapping* h = mappings.pop_front()) {
        (void)dma_unmap(device, h->at, h->bytes, h->direction, {}, "dma_test");
        delete h;
    }
    while (Held* h = held.pop_front()) {
        (void)dma_free(device, h->bytes, h->memory, h->attributes, "dma_test");
        delete h;
    }
    for (Buffer& b : buffers) drop(b);
}

}  // namespace

Result<> dma_test_init() {
    return register_char_device(
        "dma-test", [](void*) -> Result<Ref<File>> { return Ref<File>{TRY(make_ref<TestFile>())}; }, nullptr);
}

}  // namespace kernel
