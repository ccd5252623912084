#include "iommu/domain.hpp"

#include "arch/cache.hpp"
#include "core/event_channel.hpp"
#include "core/log.hpp"
#include "core/mistake.hpp"
#include "iommu/sysmmu.hpp"

namespace kernel {

namespace {
// Assumed: any window does; away from physical RAM, so that a bypassed SysMMU shows as a bus error.
constexpr uint32_t kFirst = 0x0100'0000, kEnd = 0x3000'0000;

uint32_t total(std::span<const PhysRun> runs) {
    uint32_t bytes = 0;
    for (const PhysRun& r : runs) bytes += r.bytes;
    return bytes;
}
}  // namespace

IommuDomain::IommuDomain(IoPageTable table, const SysMmuQuirks& quirks)
    : space_{kFirst, kEnd, makes(Mistake::skip_map_flush) ? 0 : quirks.guard},
      table_{std::move(table)},
      quirks_{quirks} {}

Result<Unique<IommuDomain>> IommuDomain::create(const SysMmuQuirks& quirks) {
    return TRY(make<IommuDomain>(TRY(IoPageTable::create()), quirks));
}

Result<Iova> IommuDomain::map(std::span<const PhysRun> runs, IoAccess access, const char* owner,
                              uint32_t last) {
    const uint32_t bytes = total(runs);
    const EventSpan span{SpanClass::mapping};
    const IrqGuard guard{lock_};
    const uint32_t align = bytes >= kSectionSize ? kSectionSize : quirks_.iova_align;
    const Iova base = TRY(space_.allocate(bytes, align, owner));
    uint32_t at = 0;
    Errno error = base.value > last || bytes - 1 > last - base.value ? Errno::kNoSpc : Errno{};
    for (const PhysRun& run : runs) {
        if (error != Errno{}) break;
        auto mapped = table_.map(base + at, run.base, run.bytes, access);
        if (mapped) {
            at += run.bytes;
        } else {
            error = mapped.error();
        }
    }
    if (error != Errno{}) {
        for (uint32_t undo = 0; undo < at;) undo += table_.unmap_one(base + undo);
        publish();
        (void)space_.release(base);
        return error;
    }
    publish();
    if (quirks_.invalidate_on_map && !makes(Mistake::skip_map_flush)) {
        TlbBatch all;
        all.everything = true;
        forget(all);
    }
    return base;
}

Result<> IommuDomain::unmap(Iova base, uint32_t bytes) {
    const EventSpan span{SpanClass::mapping};
    const IrqGuard guard{lock_};
    auto mapped = space_.size_of(base);
    if (!mapped || mapped.value() != align_up(bytes, kPageSize)) return Errno::kInval;
    TlbBatch batch;
    for (uint32_t at = 0; at < mapped.value();) {
        const uint32_t size = table_.unmap_one(base + at);
        batch.add(base + at, size, quirks_.most_flushes);
        at += size;
    }
    publish();
    if (makes(Mistake::flush_first_only) && batch.count > 1) batch.count = 1;
    forget(batch);
    return space_.release(base);
}

/// Everything written to the table is in memory on return.
void IommuDomain::publish() {
    table_.finish();
    wmb();
}

void IommuDomain::forget(const TlbBatch& batch) {
    for (SysMmu* mmu = first_mmu_; mmu; mmu = mmu->next) mmu->invalidate(batch);
}

void TlbBatch::add(Iova page, uint32_t size, uint32_t most_flushes) {
    const uint32_t pages = size / kPageSize;
    if (makes(Mistake::one_flush)) most_flushes = 1;
    const uint32_t flushes = pages < most_flushes ? pages : most_flushes;
    everything |= count + flushes > kMost;
    if (everything) return;
    for (uint32_t i = 0; i < flushes; ++i) entries[count++] = page + i * kPageSize;
}

}  // namespace kernel
