// dma-buf: memory that one driver exports as a file descriptor and others import. The shape is that of
// Linux's framework: an exporter with operations, attachments of importing devices, mappings made per
// attachment.
//
//   descriptor -> DmaBufFile -> DmaBuf -> exporter's data      DmaBufAttachment -> DmaBuf, never back
//
// Nothing here waits for a device: who used the buffer last is told by fences (fence.hpp), which are a
// separate, explicit matter.
#pragma once

#include "core/file.hpp"
#include "core/list.hpp"
#include "core/lock.hpp"
#include "dma/dma_device.hpp"
#include "dma/ownership.hpp"
#include "dmabuf/fence.hpp"

namespace kernel {

class DmaBuf;

/// An importing device. Holds a reference to the buffer.
struct DmaBufAttachment {
    ListNode node;
    Ref<DmaBuf> buffer;
    DmaDevice device;
    void* exporter_data = nullptr;
    uint32_t mappings = 0;  ///< maps without their unmap
};

/// Part of a buffer, bytes.
struct ByteRange {
    uint32_t offset = 0;
    uint32_t bytes = 0;
};

/// What an exporter does. A null operation is one it cannot do.
struct DmaBufOps {
    /// Whether this device can reach the memory at all; may refuse with kInval or kBusy, or move the memory.
    Result<> (*attach)(DmaBuf&, DmaBufAttachment&) = nullptr;
    void (*detach)(DmaBuf&, DmaBufAttachment&) = nullptr;
    /// Mandatory. Cache ownership goes to the device before it returns.
    Result<Iova> (*map)(DmaBufAttachment&, DmaDirection) = nullptr;
    /// Mandatory. The processor has the memory back.
    void (*unmap)(DmaBufAttachment&, Iova, DmaDirection) = nullptr;
    void (*release)(DmaBuf&) = nullptr;         ///< mandatory
    Result<> (*mmap)(DmaBuf&, Vma&) = nullptr;  ///< range already checked
    /// For exporters that do not tell parts apart; the others have the partial ones.
    Result<> (*begin_cpu_access)(DmaBuf&, DmaDirection) = nullptr;
    Result<> (*end_cpu_access)(DmaBuf&, DmaDirection) = nullptr;
    Result<> (*begin_cpu_access_partial)(DmaBuf&, DmaDirection, ByteRange) = nullptr;
    Result<> (*end_cpu_access_partial)(DmaBuf&, DmaDirection, ByteRange) = nullptr;
    /// One kernel mapping of the whole buffer; the core counts its users and calls each once.
    Result<VirtAddr> (*vmap)(DmaBuf&) = nullptr;
    void (*vunmap)(DmaBuf&, VirtAddr) = nullptr;
    /// Where the memory lies, for the listing: "none" (not placed yet), "scattered" or "contiguous".
    const char* (*memory)(const DmaBuf&) = nullptr;
    /// The address of one page without sleeping. Errors: kNotSup no such address.
    Result<VirtAddr> (*kmap_atomic)(DmaBuf&, uint32_t page) = nullptr;
};

/// What happened to a buffer, or to all since boot.
struct DmaBufUse {
    uint32_t attaches = 0, detaches = 0;
    uint32_t refusals = 0;  ///< attaches that the exporter did not allow
    uint32_t maps = 0, unmaps = 0;
    uint32_t cpu_begins = 0, cpu_ends = 0;
    uint32_t user_mappings = 0;  ///< calls of mmap
    uint32_t faults = 0;         ///< pages a program came back to
    uint32_t shootdowns = 0;     ///< times all programs lost their pages to a device
    uint32_t moves = 0;          ///< times the memory was replaced for a device that cannot reach it
    uint64_t maintained = 0;     ///< bytes of cache maintenance
};

/// Whom the exporter refused last, and why; null when nobody was.
struct DmaBufRefusal {
    const char* device = nullptr;
    const char* reason = "";
};

class DmaBuf : public RefCounted {
public:
    static constexpr uint32_t kNameBytes = 32;  // DMA_BUF_NAME_LEN

    /// `size` in bytes never changes. `identity` is how the event channel knows the memory, 0 when it does
    /// not yet. Errors: kInval when a mandatory operation is missing or size is zero, kNoMem.
    static Result<Ref<DmaBuf>> export_buffer(const DmaBufOps& ops, uint32_t size, const char* exporter,
                                             void* data, uint32_t identity = 0);
    /// The buffer behind a descriptor of the running process. Errors: kBadF, kInval for another kind of file.
    static Result<Ref<DmaBuf>> get(uint32_t fd);
    /// A descriptor of the running process for this buffer. Errors: kMFile, kNoMem.
    Result<uint32_t> install(bool close_on_exec, bool writable);

    /// Errors: what the exporter says, kNoMem.
    Result<Unique<DmaBufAttachment>> attach(const DmaDevice& device);
    static void detach(Unique<DmaBufAttachment> attachment);
    Result<Iova> map(DmaBufAttachment& attachment, DmaDirection direction);
    void unmap(DmaBufAttachment& attachment, Iova at, DmaDirection direction);

    /// The processor, in the kernel or in a program, is about to touch the bytes, or has done so. Errors:
    /// kInval outside the buffer.
    Result<> begin_cpu_access(DmaDirection direction) { return begin_cpu_access(direction, {0, size_}); }
    Result<> end_cpu_access(DmaDirection direction) { return end_cpu_access(direction, {0, size_}); }
    Result<> begin_cpu_access(DmaDirection direction, ByteRange range);
    Result<> end_cpu_access(DmaDirection direction, ByteRange range);

    /// The whole buffer at kernel addresses; every call needs its vunmap(). Errors: kInval the exporter
    /// cannot, kNoMem, kNoSpc.
    Result<VirtAddr> vmap();
    void vunmap();
    /// One page; kunmap() when done. Errors: as vmap(), kInval past the end.
    Result<VirtAddr> kmap(uint32_t page);
    void kunmap() { vunmap(); }
    /// The same where nobody may sleep; nothing to undo. Errors: kNotSup without vmap() before, kInval.
    Result<VirtAddr> kmap_atomic(uint32_t page);

    /// Maps [vma.offset, + size) into a process; the mapping keeps the buffer. Errors: kInval past the end or
    /// the exporter cannot, kOverflow.
    Result<> mmap(Vma& vma);
    /// For an importer whose own mmap shows this buffer: the area becomes one of this buffer, from
    /// `first_page` on. Errors as mmap().
    Result<> redirect_mmap(Vma& vma, uint32_t first_page);

    uint32_t size() const { return size_; }
    const char* exporter() const { return exporter_; }
    void* data() const { return data_; }
    const DmaBufOps& ops() const { return ops_; }
    const char* name() const { return name_; }
    void set_name(Text name);
    /// For the event channel.
    uint32_t identity() const { return identity_.id(); }
    /// Mappings of devices that are in force, or about to be.
    uint32_t mappings() const { return mappings_; }
    /// The same for the kernel.
    bool vmapped() const { return vmap_users_ != 0; }
    /// Whether a device with this placement is attached.
    bool any_attached(Placement placement);
    /// What kinds of devices are attached.
    Sharers sharers();

    FenceSet& fences() { return fences_; }
    DmaBufUse& use() { return use_; }
    const DmaBufRefusal& refusal() const { return refusal_; }
    /// For exporters: cache maintenance was done.
    void count_maintenance(uint32_t bytes);

    /// Calls visit(attachment) for each, under the lock.
    template <class Visit>
    void for_each_attachment(Visit visit) {
        const MutexGuard guard{lock_};
        for (DmaBufAttachment& a : attachments_) visit(a);
    }

    DmaBuf(const DmaBufOps& ops, uint32_t size, const char* exporter, void* data, uint32_t identity);
    ~DmaBuf() override;

    ListNode list_node;  ///< in the list of all

private:
    Result<> change_cpu_access(bool begins, DmaDirection direction, ByteRange range);
    void change_mappings(DmaBufAttachment& attachment, int32_t by);

    const DmaBufOps& ops_;
    uint32_t size_;
    const char* exporter_;
    void* data_;
    char name_[kNameBytes] = "";
    Mutex lock_;
    List<DmaBufAttachment, &DmaBufAttachment::node> attachments_;
    uint32_t mappings_ = 0;
    Mutex vmap_lock_;  // held while the exporter maps, which may ask who is attached
    uint32_t vmap_users_ = 0;
    VirtAddr vmap_at_;
    FenceSet fences_;
    DmaBufUse use_;
    DmaBufRefusal refusal_;
    BufferIdentity identity_;
};

/// Every buffer there is, oldest first, with the list locked.
using DmaBufs = List<DmaBuf, &DmaBuf::list_node>;
DmaBufs& dma_bufs();
Mutex& dma_bufs_lock();
/// Sums since boot, of buffers that are gone too.
DmaBufUse& dma_buf_totals();

/// Exports pages of the DMA layer; the buffer holds a reference to them. Errors as DmaBuf::export_buffer().
/// Write-combined ones need no maintenance; cached ones are cleaned at map and taken back at unmap.
Result<Ref<DmaBuf>> export_dma_pages(Ref<DmaPages> pages, const char* exporter);
/// What it exports them with, for exporters that change part of it; their `data` is the DmaPages.
const DmaBufOps& dma_pages_ops();

}  // namespace kernel
