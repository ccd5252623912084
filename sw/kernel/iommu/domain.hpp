// What the devices of one domain may reach: a table and its addresses, and the SysMMUs that walk it.
#pragma once

#include <span>

#include "core/list.hpp"
#include "core/lock.hpp"
#include "core/ref.hpp"
#include "driver/device.hpp"
#include "iommu/io_page_table.hpp"

namespace kernel {

struct SysMmu;

/// What differs between versions of the hardware (sysmmu.md sections 1, 4, 6).
struct SysMmuQuirks {
    uint32_t config;         ///< CFG
    uint32_t iova_align;     ///< mappings start at multiples of this
    uint32_t guard;          ///< free behind each mapping
    uint32_t most_flushes;   ///< FLUSH_ENTRY writes one page may need: set-associative TLBs index by 4 KiB
    bool invalidate_on_map;  ///< caches faulty first-level entries
};

/// A run of physical memory, whole pages.
struct PhysRun {
    PhysAddr base;
    uint32_t bytes;
};

/// Translations that a TLB has to forget.
struct TlbBatch {
    static constexpr uint32_t kMost = 64;  ///< beyond this, one flush of everything is cheaper
    Iova entries[kMost];
    uint32_t count = 0;
    bool everything = false;
    /// A page that is gone; a set-associative TLB may hold a larger one at each of its 4 KiB indices.
    void add(Iova page, uint32_t size, uint32_t most_flushes);
};

/// Something a device reached for that was not there.
struct IommuFault {
    const char* device;  ///< the SysMMU's name
    const char* kind;
    Iova iova;
    const char* direction;       ///< "read", "write" or "access" when the hardware does not tell
    IovaSpace::Owner neighbour;  ///< whose range it is in, or just behind
};

/// What a handler says of a fault.
enum class FaultAnswer : uint8_t {
    at_a_loss,
    repeat,  ///< the cause is gone: the access is done again
    drop,    ///< the device has been reset and no longer wants it
};

/// Tables are changed and in memory first, then the TLBs forget, then the addresses can be used again: a
/// device that is running never sees a page that is gone. May be used with interrupts masked.
class IommuDomain {
public:
    /// An empty domain. Quirks are the strictest of what will be attached. Errors: kNoMem.
    static Result<Unique<IommuDomain>> create(const SysMmuQuirks& quirks);
    IommuDomain(IoPageTable table, const SysMmuQuirks& quirks);

    /// Maps the runs next to each other; returns the first byte's iova. Addresses stay at or below `last`.
    /// Errors: kNoSpc, kNoMem, kInval nothing to map.
    Result<Iova> map(std::span<const PhysRun> runs, IoAccess access, const char* owner, uint32_t last = ~0U);
    /// Errors: kInval when no mapping of this size starts there; nothing is changed then.
    Result<> unmap(Iova base, uint32_t bytes);
    /// Where the table leads. Errors: kFault.
    Result<PhysAddr> lookup(Iova iova) const { return table_.lookup(iova); }
    IoPageTable::Leaf leaf(Iova iova) const { return table_.leaf(iova); }

    /// Asked first when a device faults. Without one, or when it is at a loss, the kernel stops, as Linux's
    /// driver does.
    using FaultHandler = FaultAnswer (*)(void* context, const IommuFault& fault);
    void on_fault(FaultHandler handler, void* context) { fault_handler_ = handler, fault_context_ = context; }
    FaultHandler fault_handler() const { return fault_handler_; }
    void* fault_context() const { return fault_context_; }
    FaultAnswer handle(const IommuFault& fault) {
        return fault_handler_ ? fault_handler_(fault_context_, fault) : FaultAnswer::at_a_loss;
    }

    PhysAddr table_base() const { return table_.base(); }
    const IovaSpace& space() const { return space_; }
    bool idle() const { return space_.empty(); }

private:
    friend struct SysMmu;
    void publish();
    void forget(const TlbBatch& batch);

    IovaSpace space_;
    IoPageTable table_;
    SysMmuQuirks quirks_;
    SysMmu* first_mmu_ = nullptr;  ///< chained through SysMmu::next
    IrqLock lock_;
    FaultHandler fault_handler_ = nullptr;
    void* fault_context_ = nullptr;
};

/// The domain of the SysMMU in front of a device; null if it has none. Errors: kProbeDefer.
Result<IommuDomain*> iommu_domain_of(Node device);
/// Puts the device's SysMMU to work on another domain, which must outlive it. Errors: kNoDev without a
/// SysMMU, kProbeDefer, kBusy while attached elsewhere.
Result<> iommu_attach(Node device, IommuDomain& domain);
/// Switches translation off: the device addresses physical memory. Errors: kNoDev, kProbeDefer.
Result<> iommu_detach(Node device);
/// Lets prefetch buffer `window` (0 or 1) of the device's SysMMU fetch ahead within these addresses. Buffers
/// must not meet: an address that two of them have is a fault. Errors: kNoDev no SysMMU, or not one of
/// version 3.0 or 3.1; kInval no such buffer, no bytes.
Result<> iommu_prefetch(Node device, uint32_t window, Iova first, uint32_t bytes);

}  // namespace kernel
