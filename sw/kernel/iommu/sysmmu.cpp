// The SysMMU driver (sysmmu.md sections 2, 5-7).
#include "arch/cache.hpp"
#include "core/log.hpp"
#include "driver/power.hpp"
#include "iommu/domain.hpp"

namespace kernel {

namespace {

constexpr uint32_t kControl = 0x00, kConfig = 0x04, kStatus = 0x08, kFlush = 0x0C, kFlushEntry = 0x10,
                   kTableBase = 0x14, kIntStatus = 0x18, kIntClear = 0x1C, kVersion = 0x34;
constexpr uint32_t kEnable = 0x5, kBlock = 0x7;  // EN | INT, EN | BLOCK | INT
constexpr uint32_t kConfigUpTo31 = 0x785;        // LRU, QOS 15, EAP: section 3
constexpr int kBlockTries = 120;

/// Fault kinds by INT_STATUS bit: name and the register with the address.
struct Fault {
    const char* name;
    uint32_t address_register;
};
constexpr Fault kFaults[] = {
    {"page fault", 0x24},    {"read multi-hit", 0x2C}, {"write multi-hit", 0x28}, {"bus error", 0x30},
    {"read security", 0x2C}, {"read access", 0x2C},    {"write security", 0x28},  {"write access", 0x28},
};

}  // namespace

struct SysMmu {
    Mmio regs;
    const char* name = "";
    Unique<IommuDomain> domain;

    void enable() const {
        regs.write32(kControl, kBlock);
        regs.write32(kConfig, kConfigUpTo31);
        regs.write32(kTableBase, domain->table_base().value);
        regs.write32(kFlush, 1);
        regs.write32(kControl, kEnable);
    }
    /// Forgets the translations of the range, with the device's traffic stopped meanwhile.
    void invalidate(Iova base, uint32_t pages) const {
        regs.write32(kControl, kBlock);
        bool blocked = false;
        for (int i = 0; i < kBlockTries && !blocked; ++i) blocked = regs.read32(kStatus) & 1;
        if (!blocked) log_error("%s: does not block, its TLB may be stale", name);
        for (uint32_t i = 0; i < pages; ++i) regs.write32(kFlushEntry, (base + i * kPageSize).value | 1);
        regs.write32(kControl, kEnable);
    }
};

namespace {

/// Nobody can repair a fault here: the device would wait for ever, so the kernel stops, as Linux's driver
/// does.
void handle_fault(void* context) {
    const SysMmu& mmu = *static_cast<SysMmu*>(context);
    const uint32_t status = mmu.regs.read32(kIntStatus);
    if (status == 0) return;
    const uint32_t bit = static_cast<uint32_t>(__builtin_ctz(status));
    if (bit >= 8) panic("%s: unknown fault %08x", mmu.name, status);
    const uint32_t iova = mmu.regs.read32(kFaults[bit].address_register);
    mmu.regs.write32(kIntClear, 1U << bit);
    panic("%s: %s at iova %08x, table %08x", mmu.name, kFaults[bit].name, iova,
          mmu.domain->table_base().value);
}

Result<> probe(Device& device) {
    const IrqLine line = TRY(device.irq());
    TRY(power_on(device.node));
    auto mmu = TRY(make<SysMmu>());
    mmu->regs = TRY(device.map());
    mmu->name = device.name;
    mmu->domain = TRY(make<IommuDomain>(*mmu, TRY(IoPageTable::create())));
    TRY(request_irq(line, handle_fault, mmu.get(), device.name));
    const uint32_t version = mmu->regs.read32(kVersion);
    mmu->enable();
    log_info("%s: version %u.%u", device.name, version >> 28, version >> 21 & 0x7F);
    device.data = mmu.release();
    return Ok{};
}

constexpr const char* kCompatible[] = {"samsung,exynos-sysmmu", nullptr};
constexpr Driver kDriver{"sysmmu", kCompatible, probe};
REGISTER_DRIVER(kDriver);

constexpr uint32_t kMappingAlign = 64 * 1024;

}  // namespace

Result<Iova> IommuDomain::map(std::span<const Pfn> pages, bool writable) {
    const MutexGuard guard{lock_};
    const Iova base = TRY(space_.allocate(static_cast<uint32_t>(pages.size()) * kPageSize, kMappingAlign));
    for (uint32_t i = 0; i < pages.size(); ++i) {
        auto mapped = table_.map(base + i * kPageSize, pages[i], writable);
        if (mapped) continue;
        for (uint32_t j = 0; j < i; ++j) table_.unmap(base + j * kPageSize);
        (void)space_.release(base);
        return mapped.error();
    }
    wmb();
    return base;
}

void IommuDomain::unmap(Iova base, uint32_t page_count) {
    const MutexGuard guard{lock_};
    for (uint32_t i = 0; i < page_count; ++i) table_.unmap(base + i * kPageSize);
    wmb();
    mmu_.invalidate(base, page_count);
    if (!space_.release(base)) log_error("iommu: unmap of %08x, which is not mapped", base.value);
}

Result<IommuDomain*> iommu_domain_of(Node device) {
    const Property iommus = device.property("iommus");
    if (!iommus) return static_cast<IommuDomain*>(nullptr);
    Device* mmu = device_of(fdt_by_phandle(iommus.cell(0)));
    if (!mmu) return Errno::kProbeDefer;
    return static_cast<SysMmu*>(mmu->data)->domain.get();
}

}  // namespace kernel
