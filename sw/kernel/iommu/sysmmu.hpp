// One SysMMU (sysmmu.md sections 2, 5-7): registers and the order in which they are written.
#pragma once

#include "arch/mmio.hpp"
#include "iommu/domain.hpp"

namespace kernel {

struct SysMmu {
    Mmio regs;
    const char* name = "";
    const SysMmuQuirks* quirks = nullptr;
    Unique<IommuDomain> own_domain;  ///< what it works on unless told otherwise
    IommuDomain* domain = nullptr;   ///< null: detached, addresses pass through
    SysMmu* next = nullptr;          ///< in the domain's chain

    /// Errors: kBusy while attached.
    Result<> attach(IommuDomain& to);
    void detach();
    /// Forgets translations, with the device's traffic stopped meanwhile.
    void invalidate(const TlbBatch& batch) const;
    /// Sets the first and last address of a prefetch buffer of versions 3.0 and 3.1.
    void set_window(uint32_t window, Iova first, uint32_t bytes) const;

private:
    bool block() const;
};

/// The row for a VERSION register's value.
const SysMmuQuirks& sysmmu_quirks(uint32_t version);

}  // namespace kernel
