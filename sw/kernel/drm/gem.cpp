#include "drm/gem.hpp"

#include "arch/cache.hpp"
#include "dmabuf/page_ownership.hpp"
#include "drm/uapi.hpp"
#include "mm/cma.hpp"
#include "mm/linear_map.hpp"
#include "mm/page.hpp"
#include "mm/user_space.hpp"

namespace kernel::drm {

namespace {

constexpr uint64_t kLargest = 1U << 30;
/// Linux's first offset of GEM mappings: where 32-bit offsets end.
constexpr uint32_t kFirstMapPage = 1U << 20;

Mutex list_lock;  // guards the list, handle counts and what is exported
List<GemObject, &GemObject::node> objects;
uint32_t next_map_page = kFirstMapPage;

/// Its address also tells our dma-bufs from others'.
constexpr char kExporter[] = "exynos-drm";

// --- What our dma-bufs do. One holds a reference to its object.

GemObject& object_of(const DmaBuf& buffer) { return *static_cast<GemObject*>(buffer.data()); }

Result<> attach(DmaBuf& buffer, DmaBufAttachment& attachment) {
    if (!object_of(buffer).reachable_from(attachment.device)) return Errno::kInval;
    return Ok{};
}

Result<Iova> map(DmaBufAttachment& attachment, DmaDirection direction) {
    GemObject& object = object_of(*attachment.buffer);
    object.hand_to_device();
    const Iova at = TRY(object.iova_for(attachment.device));
    tell_turn(object.pages().buffer(), 0, object.size(), direction, Turn::device);
    return at;
}
/// The mapping stays the object's.
void unmap(DmaBufAttachment& attachment, Iova, DmaDirection direction) {
    const GemObject& object = object_of(*attachment.buffer);
    tell_turn(object.pages().buffer(), 0, object.size(), direction, Turn::processor);
}
void release(DmaBuf& buffer) { object_of(buffer).release_reference(); }
Result<> map_to_process(DmaBuf& buffer, Vma& vma) {
    return object_of(buffer).mmap(vma, static_cast<uint32_t>(vma.offset));
}

/// Both ways: cached lines are written back and dropped, merged stores leave.
void change_owner(const DmaBuf& buffer, DmaDirection direction, Turn whose) {
    const GemObject& object = object_of(buffer);
    object.hand_to_device();
    wmb();
    if (buffer.mappings()) tell_turn(object.pages().buffer(), 0, object.size(), direction, whose);
}
Result<> begin_cpu_access(DmaBuf& buffer, DmaDirection direction) {
    change_owner(buffer, direction, Turn::processor);
    return Ok{};
}
Result<> end_cpu_access(DmaBuf& buffer, DmaDirection direction) {
    change_owner(buffer, direction, Turn::device);
    return Ok{};
}

Result<VirtAddr> vmap(DmaBuf& buffer) { return map_to_kernel(object_of(buffer).pages()); }
void vunmap(DmaBuf&, VirtAddr at) { unmap_from_kernel(at); }
const char* memory(const DmaBuf& buffer) {
    return object_of(buffer).contiguous() ? "contiguous" : "scattered";
}

constexpr DmaBufOps kExportOps{
    .attach = attach,
    .detach = nullptr,
    .map = map,
    .unmap = unmap,
    .release = release,
    .mmap = map_to_process,
    .begin_cpu_access = begin_cpu_access,
    .end_cpu_access = end_cpu_access,
    .vmap = vmap,
    .vunmap = vunmap,
    .memory = memory,
};

MemoryType type_of(uint32_t flags) {
    if (flags & EXYNOS_BO_WC) return MemoryType::write_combine;
    return flags & EXYNOS_BO_CACHABLE ? MemoryType::cached : MemoryType::strongly_ordered;
}

}  // namespace

GemObject::GemObject() {
    const MutexGuard guard{list_lock};
    objects.push_back(*this);
}

GemObject::~GemObject() {
    for (uint32_t i = 0; i < mapping_count_; ++i) {
        Mapping& m = mappings_[i];
        if (!m.attachment) {
            m.device.unmap(m.iova, *pages_);
            continue;
        }
        imported_->unmap(*m.attachment, m.iova, DmaDirection::bidirectional);
        DmaBuf::detach(std::move(m.attachment));
    }
    const MutexGuard guard{list_lock};
    node.unlink();
}

Result<Ref<GemObject>> GemObject::create(uint64_t bytes, uint32_t flags) {
    if (bytes == 0 || bytes > kLargest || flags & ~EXYNOS_BO_MASK) return Errno::kInval;
    auto object = TRY(make_ref<GemObject>());
    const bool scattered = flags & EXYNOS_BO_NONCONTIG;
    object->pages_ =
        TRY(DmaPages::allocate({.bytes = static_cast<uint32_t>(bytes),
                                .placement = scattered ? Placement::scattered : Placement::contiguous,
                                .type = type_of(flags),
                                .area = cma_default(),
                                .owner = kExporter}));
    object->size_ = object->pages_->size();
    object->flags_ = flags;
    const MutexGuard guard{list_lock};
    object->first_map_page_ = next_map_page;
    next_map_page += pages_for(object->size_);
    if (next_map_page < kFirstMapPage) next_map_page = kFirstMapPage;  // 16 TiB later
    return object;
}

Result<Ref<GemObject>> GemObject::import(Ref<DmaBuf> buffer, const DmaDevice& first) {
    auto object = TRY(make_ref<GemObject>());
    object->size_ = align_up(buffer->size(), kPageSize);
    object->imported_ = std::move(buffer);
    (void)TRY(object->iova_for(first));
    object->flags_ = EXYNOS_BO_NONCONTIG;  // as Linux's driver says of memory it did not make
    const MutexGuard guard{list_lock};
    object->first_map_page_ = next_map_page;
    next_map_page += pages_for(object->size_);
    return object;
}

GemObject* GemObject::behind(const DmaBuf& buffer) {
    return buffer.exporter() == kExporter ? &object_of(buffer) : nullptr;
}

bool GemObject::reachable_from(const DmaDevice& device) const {
    return device.placement() == Placement::scattered || contiguous();
}

Result<GemObject::Mapping> GemObject::map_for(const DmaDevice& device) {
    Mapping m;
    m.device = device;
    if (!imported_) {
        m.iova = TRY(device.map(*pages_, DmaDirection::bidirectional));
        return m;
    }
    m.attachment = TRY(imported_->attach(device));
    auto at = imported_->map(*m.attachment, DmaDirection::bidirectional);
    if (!at) {
        DmaBuf::detach(std::move(m.attachment));
        return at.error();
    }
    m.iova = at.take();
    return m;
}

const GemObject::Mapping* GemObject::find_mapping(const DmaDevice& device) const {
    for (uint32_t i = 0; i < mapping_count_; ++i) {
        if (&mappings_[i].device.context() == &device.context()) return &mappings_[i];
    }
    return nullptr;
}

Result<Iova> GemObject::mapped_at(const DmaDevice& device) {
    const MutexGuard guard{lock_};
    const Mapping* m = find_mapping(device);
    if (!m) return Errno::kNoEnt;
    return m->iova;
}

Result<Iova> GemObject::iova_for(const DmaDevice& device) {
    const MutexGuard guard{lock_};
    if (const Mapping* m = find_mapping(device)) return m->iova;
    if (mapping_count_ == kMostDevices) return Errno::kNoSpc;
    mappings_[mapping_count_] = TRY(map_for(device));
    return mappings_[mapping_count_++].iova;
}

void GemObject::hand_to_device() const {
    if (imported_ || pages_->type() != MemoryType::cached) return;
    for (const Pfn pfn : pages_->pages()) {
        const PhysAddr at = phys_of(pfn);
        cache_clean_invalidate(phys_to_virt(at), at, kPageSize);
    }
}

Result<> GemObject::mmap(Vma& vma, uint32_t offset) {
    vma.offset = offset;
    return imported_ ? imported_->mmap(vma) : pages_->mmap(vma, offset);
}

Result<Ref<DmaBuf>> GemObject::dma_buf() {
    if (imported_) return imported_;
    const MutexGuard guard{list_lock};
    if (exported_) return exported_;
    auto buffer = TRY(DmaBuf::export_buffer(kExportOps, size_, kExporter, this, pages_->buffer()));
    retain();  // the buffer's reference
    if (handles_) exported_ = buffer;
    return buffer;
}

void GemObject::handle_added() {
    const MutexGuard guard{list_lock};
    ++handles_;
}

/// Without handles the object no longer keeps its dma-buf: they would keep each other for ever.
void GemObject::handle_removed() {
    Ref<DmaBuf> last;  // released after the lock
    const MutexGuard guard{list_lock};
    if (--handles_ == 0) last = std::move(exported_);
}

void GemObject::list(TextWriter& w) {
    const MutexGuard guard{list_lock};
    for (const GemObject& o : objects) {
        w.line("gem size %u flags %x references %u handles %u mappings %u %s\n", o.size_, o.flags_,
               o.references(), o.handles_, o.mapping_count_,
               o.imported_   ? "imported"
               : o.exported_ ? "exported"
                             : "private");
    }
}

}  // namespace kernel::drm
