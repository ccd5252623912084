// dma-buf: memory that one driver exports as a file descriptor and others import. The shape is that of
// Linux's framework: an exporter with operations, attachments of importing devices, mappings made per
// attachment.
#pragma once

#include "core/file.hpp"
#include "core/list.hpp"
#include "core/lock.hpp"
#include "dma/dma_device.hpp"

namespace kernel {

class DmaBuf;

/// An importing device. Holds a reference to the buffer.
struct DmaBufAttachment {
    ListNode node;
    Ref<DmaBuf> buffer;
    DmaDevice device;
    void* exporter_data = nullptr;
};

/// What an exporter does. A null operation is one it cannot do.
struct DmaBufOps {
    /// Whether this device can reach the memory at all; may refuse with kInval or kBusy.
    Result<> (*attach)(DmaBuf&, DmaBufAttachment&);
    void (*detach)(DmaBuf&, DmaBufAttachment&);
    Result<Iova> (*map)(DmaBufAttachment&, DmaDirection);  ///< mandatory
    void (*unmap)(DmaBufAttachment&, Iova, DmaDirection);  ///< mandatory
    void (*release)(DmaBuf&);                              ///< mandatory
    Result<> (*mmap)(DmaBuf&, Vma&);                       ///< range already checked
    Result<> (*begin_cpu_access)(DmaBuf&, DmaDirection);
    Result<> (*end_cpu_access)(DmaBuf&, DmaDirection);
};

class DmaBuf : public RefCounted {
public:
    /// `size` in bytes never changes. Errors: kInval when a mandatory operation is missing or size is zero,
    /// kNoMem.
    static Result<Ref<DmaBuf>> export_buffer(const DmaBufOps& ops, uint32_t size, const char* exporter,
                                             void* data);
    /// The buffer behind a descriptor of the running process. Errors: kBadF, kInval for another kind of file.
    static Result<Ref<DmaBuf>> get(uint32_t fd);
    /// A descriptor of the running process for this buffer. Errors: kMFile, kNoMem.
    Result<uint32_t> install(bool close_on_exec, bool writable);

    /// Errors: what the exporter says, kNoMem.
    Result<Unique<DmaBufAttachment>> attach(const DmaDevice& device);
    static void detach(Unique<DmaBufAttachment> attachment);
    Result<Iova> map(DmaBufAttachment& attachment, DmaDirection direction);
    void unmap(DmaBufAttachment& attachment, Iova at, DmaDirection direction);

    Result<> begin_cpu_access(DmaDirection direction);
    Result<> end_cpu_access(DmaDirection direction);
    /// Maps into a process. Errors: kInval past the end, kNoSys the exporter cannot.
    Result<> mmap(Vma& vma);

    uint32_t size() const { return size_; }
    const char* exporter() const { return exporter_; }
    void* data() const { return data_; }

    DmaBuf(const DmaBufOps& ops, uint32_t size, const char* exporter, void* data)
        : ops_{ops}, size_{size}, exporter_{exporter}, data_{data} {}
    ~DmaBuf() override;

private:
    const DmaBufOps& ops_;
    uint32_t size_;
    const char* exporter_;
    void* data_;
    Mutex lock_;
    List<DmaBufAttachment, &DmaBufAttachment::node> attachments_;
};

/// Exports pages of the DMA layer; the buffer holds a reference to them. Errors as DmaBuf::export_buffer().
Result<Ref<DmaBuf>> export_dma_pages(Ref<DmaPages> pages, const char* exporter);

}  // namespace kernel
