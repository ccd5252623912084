// A device's view of memory: through its SysMMU where it has one, plain physical addresses where not.
#pragma once

#include <span>

#include "core/result.hpp"
#include "dma/dma_pages.hpp"
#include "driver/device.hpp"
#include "iommu/domain.hpp"

namespace kernel {

struct CmaArea;
struct DmaContext;
struct DmaOps;

/// A handle: as many copies as one likes, all of one device.
class DmaDevice {
public:
    DmaDevice() = default;
    /// The device of a node; the same context each time. The device tree decides between the SysMMU
    /// (`iommus`) and plain addresses, which contiguous area it has (`memory-region`), and whether it sees
    /// the processor's caches (`dma-coherent`). Errors: kProbeDefer while the device's SysMMU has no driver
    /// yet, kNoMem.
    static Result<DmaDevice> of(Node device);

    /// What allocations for this device must be like.
    Placement placement() const;
    /// Whether it sees the processor's caches: what it shares changes hands without maintenance.
    bool coherent() const;
    /// What its memory should be for the processor where `wanted` would do for others. A coherent device's is
    /// cached: past the caches the processor would miss what the device has written into them.
    MemoryType memory_type(MemoryType wanted) const;
    /// Lets the device reach the pages; returns where it finds the first byte. A device may write unless the
    /// direction is to_device. No cache maintenance: for memory that needs none. Errors: kInval when the
    /// device needs contiguous pages and these are not, or cannot reach them; kNoSpc, kNoMem.
    Result<Iova> map(const DmaPages& pages, DmaDirection direction) const;
    void unmap(Iova base, const DmaPages& pages) const;

    /// Highest address the device can put on the bus (before translation). Errors: kInval for a mask that is
    /// not 2^n - 1, or below the low pool.
    Result<> set_mask(uint32_t mask) const;
    /// What one piece of a scatter list may be like: at most so many bytes, and within one aligned block of
    /// `boundary` + 1 bytes. Without limits until then. Errors: kInval no bytes, or not 2^n - 1.
    Result<> set_segment_limits(uint32_t longest, uint32_t boundary) const;
    DmaContext& context() const { return *context_; }
    explicit operator bool() const { return context_ != nullptr; }

private:
    explicit DmaDevice(DmaContext* c) : context_{c} {}
    DmaContext* context_ = nullptr;
};

}  // namespace kernel
