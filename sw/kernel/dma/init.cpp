#include "dma/init.hpp"

#include "core/log.hpp"
#include "core/text_writer.hpp"
#include "core/vfs.hpp"
#include "dma/allocate.hpp"
#include "dma/debug.hpp"
#include "dma/low_pool.hpp"
#include "iommu/domain.hpp"
#include "mm/vmalloc.hpp"

namespace kernel {

namespace {

/// "name value" lines, then one line for each device and each of its allocations.
uint32_t proc_dma(char* to, uint32_t size) {
    TextWriter w{to, size};
    const DmaStatistics& s = dma_statistics();
    const AliasStatistics& alias = alias_statistics();
    const AtomicPoolUse atomic = dma_atomic_pool_use();
    w.line("reports %u\nallocations %u\nfrees %u\nmaps %u\nunmaps %u\nsyncs %u\nbounced %u\n", s.reports,
           s.allocations, s.frees, s.maps, s.unmaps, s.syncs, s.bounced);
    w.line("linear_remapped_pages %u\nlinear_cleaned_pages %u\nlinear_aliased_pages %u\n",
           alias.remapped_pages, alias.cleaned_pages, alias.aliased_now);
    w.line("atomic_pool_pages %u\natomic_pool_used %u\nlow_pool_pages %u\nlow_pool_used %u\n", atomic.pages,
           atomic.used, low_pool().pages(), low_pool().used());
    w.line("consistent_window_bytes %u\nio_table_pages %u\n", vmalloc_dma_window(),
           IoPageTable::table_pages());
    for_each_dma_context([&](DmaContext& c) {
        w.line("device %s %s allocations %u mappings %u", c.name, c.ops->name, c.record.count(),
               c.mappings.count());
        if (c.domain) {
            const IovaSpace& space = c.domain->space();
            w.line(" iova_ranges %u iova_free %u iova_largest_gap %u", space.count(), space.free_bytes(),
                   space.largest_gap());
        }
        w.line("\n");
        for (DmaAllocation* a = c.record.next({}); a; a = c.record.next(Iova{a->base + 1})) {
            w.line("  0x%08x %8u cpu 0x%08x attributes 0x%02x %s\n", a->base, a->bytes, a->cpu.value,
                   a->attributes.bits(), a->caller);
        }
    });
    return w.used;
}

}  // namespace

void dma_init_pools(PhysAddr low, uint32_t low_bytes, uint32_t atomic_bytes) {
    if (auto pool = low_pool().init(low, low_bytes); !pool)
        log_error("dma: no bounce buffers: error %d", static_cast<int>(pool.error()));
    if (auto pool = dma_atomic_pool_init(atomic_bytes); !pool)
        log_error("dma: no atomic pool: error %d", static_cast<int>(pool.error()));
}

Result<> dma_init_listing() {
    auto proc = TRY(resolve("/proc", root_directory()));
    return proc->link("dma", TRY(make_generated_file(proc_dma)));
}

}  // namespace kernel
