// The SysMMU driver.
#include "iommu/sysmmu.hpp"

#include "arch/cache.hpp"
#include "core/log.hpp"
#include "core/mistake.hpp"
#include "driver/power.hpp"

namespace kernel {

namespace {

constexpr uint32_t kControl = 0x00, kConfig = 0x04, kStatus = 0x08, kFlush = 0x0C, kFlushEntry = 0x10,
                   kTableBase = 0x14, kIntStatus = 0x18, kIntClear = 0x1C, kVersion = 0x34;
constexpr uint32_t kWindows = 0x4C, kWindowBytes = 8, kWindowCount = 2;  // of 3.0 and 3.1 (section 9)
constexpr uint32_t kPrefetch = 1U << 29;                                 // of CFG, there
constexpr uint32_t kDisable = 0x0, kEnable = 0x5, kBlock = 0x7;          // EN | INT, EN | BLOCK | INT
constexpr int kBlockTries = 120;

/// Fault kinds by INT_STATUS bit: name, the register with the address, and what the channel tells of the
/// direction.
struct FaultKind {
    const char* name;
    uint32_t address_register;
    const char* direction;
};
constexpr FaultKind kFaults[] = {
    {"page fault", 0x24, "access"},    {"read multi-hit", 0x2C, "read"}, {"write multi-hit", 0x28, "write"},
    {"bus error", 0x30, "access"},     {"read security", 0x2C, "read"},  {"read access", 0x2C, "read"},
    {"write security", 0x28, "write"}, {"write access", 0x28, "write"},
};

/// From a version on (major << 7 | minor). Configuration: section 3; alignment and holes: "K specifics" of
/// section 4.
struct VersionRow {
    uint32_t from;
    SysMmuQuirks quirks;
};
constexpr uint32_t version(uint32_t major, uint32_t minor) { return major << 7 | minor; }
constexpr uint32_t kKiB = 1024;
constexpr VersionRow kVersions[] = {
    {version(3, 3), {0x0110'0784, 64 * kKiB, 128 * kKiB, 1, true}},
    {version(3, 2), {0x0050'0785, 256 * kKiB, 4 * kKiB, 1, false}},
    {version(3, 0), {0x0000'0785, 128 * kKiB, 4 * kKiB, 1, false}},
    {version(2, 0), {0x0000'0785, 64 * kKiB, 4 * kKiB, 64, false}},
    {version(0, 0), {0x0000'0785, 64 * kKiB, 4 * kKiB, 1, false}},
};

}  // namespace

const SysMmuQuirks& sysmmu_quirks(uint32_t value) {
    // Some report 0x8000_0001: a version 1.0 (section 1).
    const uint32_t known = value == 0x8000'0001 ? version(1, 0) : value >> 21;
    for (const VersionRow& row : kVersions) {
        if (known >= row.from) return row.quirks;
    }
    return kVersions[sizeof kVersions / sizeof *kVersions - 1].quirks;
}

bool SysMmu::block() const {
    regs.write32(kControl, kBlock);
    for (int i = 0; i < kBlockTries; ++i) {
        if (regs.read32(kStatus) & 1) return true;
    }
    return false;
}

Result<> SysMmu::attach(IommuDomain& to) {
    if (domain) return Errno::kBusy;
    IrqLock lock;
    const IrqGuard guard{lock};
    domain = &to;
    next = to.first_mmu_;
    to.first_mmu_ = this;
    wmb();  // the tables are in memory before anybody walks them
    regs.write32(kControl, kBlock);
    regs.write32(kConfig, quirks->config);
    regs.write32(kTableBase, to.table_base().value);
    regs.write32(kFlush, 1);
    regs.write32(kControl, kEnable);
    return Ok{};
}

void SysMmu::detach() {
    if (!domain) return;
    IrqLock lock;
    const IrqGuard guard{lock};
    if (!block()) log_error("%s: does not block, traffic may be lost", name);
    regs.write32(kFlush, 1);
    regs.write32(kControl, kDisable);
    regs.write32(kConfig, 0);
    for (SysMmu** link = &domain->first_mmu_; *link; link = &(*link)->next) {
        if (*link != this) continue;
        *link = next;
        break;
    }
    domain = nullptr;
    next = nullptr;
}

void SysMmu::invalidate(const TlbBatch& batch) const {
    if (makes(Mistake::skip_iotlb_flush)) return;
    if (!block()) log_error("%s: does not block, its TLB may be stale", name);
    if (batch.everything) {
        regs.write32(kFlush, 1);
    } else {
        for (uint32_t i = 0; i < batch.count; ++i) regs.write32(kFlushEntry, batch.entries[i].value | 1);
    }
    regs.write32(kControl, kEnable);
}

void SysMmu::set_window(uint32_t window, Iova first, uint32_t bytes) const {
    if (!block()) log_error("%s: does not block, its prefetch buffers may be wrong", name);
    regs.write32(kWindows + kWindowBytes * window, first.value);
    regs.write32(kWindows + kWindowBytes * window + 4, first.value + bytes - 1);
    regs.write32(kConfig, regs.read32(kConfig) | kPrefetch);
    regs.write32(kControl, kEnable);
}

namespace {

void handle_fault(void* context) {
    const SysMmu& mmu = *static_cast<SysMmu*>(context);
    const uint32_t status = mmu.regs.read32(kIntStatus);
    if (status == 0) return;
    const uint32_t bit = static_cast<uint32_t>(__builtin_ctz(status));
    if (bit >= 8 || !mmu.domain) panic("%s: unknown fault %08x", mmu.name, status);
    const FaultKind& kind = kFaults[bit];
    const Iova iova{mmu.regs.read32(kind.address_register)};
    const IommuFault fault{mmu.name, kind.name, iova, kind.direction,
                           mmu.domain->space().owner_at_or_below(iova)};
    log_error("%s: %s at iova %08x (%s), near %08x + %x of %s, table %08x", fault.device, fault.kind,
              iova.value, fault.direction, fault.neighbour.base.value, fault.neighbour.size,
              fault.neighbour.name, mmu.domain->table_base().value);
    const FaultAnswer answer = mmu.domain->handle(fault);
    mmu.regs.write32(kIntClear, 1U << bit);
    if (answer == FaultAnswer::at_a_loss)
        panic("%s: nobody handles the fault at iova %08x", mmu.name, iova.value);
    if (answer == FaultAnswer::drop) mmu.regs.write32(kControl, kDisable);  // what waits is lost
    mmu.regs.write32(kControl, kEnable);
}

Result<> probe(Device& device) {
    const IrqLine line = TRY(device.irq());
    TRY(power_on(device.node));
    auto mmu = TRY(make<SysMmu>());
    mmu->regs = TRY(device.map());
    mmu->name = device.name;
    const uint32_t value = mmu->regs.read32(kVersion);
    mmu->quirks = &sysmmu_quirks(value);
    mmu->own_domain = TRY(IommuDomain::create(*mmu->quirks));
    TRY(request_irq(line, handle_fault, mmu.get(), device.name));
    TRY(mmu->attach(*mmu->own_domain));
    log_info("%s: version %u.%u", device.name, value >> 28, value >> 21 & 0x7F);
    device.data = mmu.release();
    return Ok{};
}

constexpr const char* kCompatible[] = {"samsung,exynos-sysmmu", nullptr};
constexpr Driver kDriver{"sysmmu", kCompatible, probe};
REGISTER_DRIVER(kDriver);

/// The SysMMU in front of a device, or null. Errors: kProbeDefer.
Result<SysMmu*> sysmmu_of(Node device) {
    const Property iommus = device.property("iommus");
    if (!iommus) return static_cast<SysMmu*>(nullptr);
    Device* mmu = device_of(fdt_by_phandle(iommus.cell(0)));
    if (!mmu) return Errno::kProbeDefer;
    return static_cast<SysMmu*>(mmu->data);
}

}  // namespace

Result<IommuDomain*> iommu_domain_of(Node device) {
    SysMmu* mmu = TRY(sysmmu_of(device));
    return mmu ? mmu->own_domain.get() : nullptr;
}

Result<> iommu_attach(Node device, IommuDomain& domain) {
    SysMmu* mmu = TRY(sysmmu_of(device));
    if (!mmu) return Errno::kNoDev;
    return mmu->attach(domain);
}

Result<> iommu_detach(Node device) {
    SysMmu* mmu = TRY(sysmmu_of(device));
    if (!mmu) return Errno::kNoDev;
    mmu->detach();
    return Ok{};
}

Result<> iommu_prefetch(Node device, uint32_t window, Iova first, uint32_t bytes) {
    const SysMmu* mmu = TRY(sysmmu_of(device));
    if (!mmu || !mmu->domain) return Errno::kNoDev;
    const uint32_t known = mmu->regs.read32(kVersion) >> 21;
    if (known != version(3, 0) && known != version(3, 1)) return Errno::kNoDev;
    if (window >= kWindowCount || bytes == 0) return Errno::kInval;
    mmu->set_window(window, first, bytes);
    return Ok{};
}

}  // namespace kernel
