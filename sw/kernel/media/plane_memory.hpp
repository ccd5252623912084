// The memory of one plane of a video buffer, wherever it comes from (vb2's allocators and memory types):
//
//                 dma_contig                    dma_sg                vmalloc (no device)
//   owned         write-combined, or cached     cached                cached, at a kernel address
//   user pages    one piece for the device      the same              at a kernel address
//   imported      attached and mapped           the same              at a kernel address
//
// map() and unmap() go with QBUF and DQBUF; prepare() gives the bytes to whoever works on the buffer,
// finish() takes them back.
#pragma once

#include "core/ref.hpp"
#include "dma/dma_device.hpp"
#include "dmabuf/dma_buf.hpp"
#include "media/videodev.hpp"

namespace kernel {

struct Vma;

enum class PlaneAllocator : uint8_t { dma_contig, dma_sg, vmalloc };

/// Who works on the planes of a queue.
struct PlaneUser {
    DmaDevice device;  ///< none with vmalloc
    PlaneAllocator allocator = PlaneAllocator::dma_contig;
    DmaDirection direction = DmaDirection::bidirectional;
    const char* name = "";  ///< exporter's name
};

/// What has been done to planes since boot: /proc/video.
struct PlaneStatistics {
    uint32_t owned = 0, pinned = 0, imported = 0;  ///< now
    uint32_t maps = 0, unmaps = 0;                 ///< of imported ones
    uint32_t prepares = 0, finishes = 0;
    uint64_t maintained = 0;  ///< bytes of cache maintenance, dma-buf exporters' own not counted
    uint64_t drawn = 0;       ///< bytes the processor wrote or read as a video device
};
PlaneStatistics& plane_statistics();

class PlaneMemory {
public:
    virtual ~PlaneMemory() = default;
    virtual Result<> map() { return Ok{}; }
    virtual void unmap() {}
    virtual Result<> prepare() { return Ok{}; }
    virtual void finish() {}
    /// Into a process; owned memory only. Errors: kInval.
    virtual Result<> mmap(Vma&) { return Errno::kInval; }
    virtual Result<Ref<DmaBuf>> export_buffer(const char*) { return Errno::kInval; }
    /// Owned memory that a process has mapped or exported.
    virtual bool in_use() const { return false; }
    /// Whether QBUF with this user address or buffer finds the memory it has already.
    virtual bool is_user(UserAddr, uint32_t) const { return false; }
    virtual bool is_import(const DmaBuf&) const { return false; }

    Iova iova() const { return iova_; }      ///< for the device, while mapped
    VirtAddr cpu() const { return cpu_; }    ///< for the processor, while mapped
    uint32_t size() const { return size_; }  ///< bytes

protected:
    Iova iova_;
    VirtAddr cpu_;
    uint32_t size_ = 0;
};

/// Zeroed memory of our own. `cached`: programs see it cached (V4L2_MEMORY_FLAG_NON_COHERENT). Errors:
/// kNoMem, kNoSpc.
Result<Unique<PlaneMemory>> allocate_plane(const PlaneUser& user, uint32_t bytes, bool cached);
/// The running process's memory, pinned. Errors: kFault nothing there or, without a SysMMU, not in one piece;
/// kInval no whole cache lines of 64 bytes (dma-contig); kNoMem, kNoSpc.
Result<Unique<PlaneMemory>> pin_plane(const PlaneUser& user, UserAddr at, uint32_t bytes);
/// Somebody's dma-buf. Errors: what its exporter says at attach, kNoMem.
Result<Unique<PlaneMemory>> import_plane(const PlaneUser& user, Ref<DmaBuf> buffer);

}  // namespace kernel
