#include "gpu/g2d.hpp"

#include "arch/cache.hpp"
#include "core/log.hpp"
#include "driver/power.hpp"
#include "iommu/domain.hpp"

namespace kernel {

namespace {

// fimg2d.md section 1
constexpr uint32_t kSoftReset = 0x000, kIntEnable = 0x004, kIntPending = 0x00C, kCacheControl = 0x018,
                   kListBase = 0x080, kListCommand = 0x084, kStart = 0x100, kSourceBase = 0x304;
constexpr uint32_t kReset = 1, kClearCommands = 2;
constexpr uint32_t kBlitDone = 1 << 0, kAllListsDone = 1 << 3;
constexpr uint32_t kClearCaches = 7, kGo = 1;

constexpr uint32_t kListBytes = kPageSize;
/// The largest blit, 8000 x 8000 pixels at one a clock of 200 MHz, takes 320 ms; a list may scale and blend.
constexpr uint64_t kPatienceNs = 2'000'000'000;

G2d* only;

}  // namespace

Result<> G2d::prepare() {
    if (version_ == G2dVersion::v4_1) list_ = TRY(dma_alloc(dma_, kListBytes, kDmaWriteCombine));
    patience_.context = this;
    patience_.fire = [](void* g2d) { static_cast<G2d*>(g2d)->abort(); };
    reset();
    return Ok{};
}

void G2d::reset() const {
    regs_.write32(kSoftReset, version_ == G2dVersion::v3 ? kReset : kReset | kClearCommands);
}

void G2d::submit(G2dJob& job) {
    const IrqGuard guard{lock_};
    waiting_.push_back(job);
    if (!running_) start_next();
}

void G2d::start_next() {
    running_ = waiting_.pop_front();
    if (!running_) return;
    patience_.start(now_ns() + kPatienceNs);
    if (version_ == G2dVersion::v3) {
        start_registers(*running_);
    } else {
        start_list(*running_);
    }
}

void G2d::start_registers(const G2dJob& job) const {
    reset();
    wmb();  // what the engine will read is in memory
    for (const G2dWrite& w : job.writes) regs_.write32(w.offset, w.value);
    regs_.write32(kCacheControl, kClearCaches);
    regs_.write32(kIntEnable, kBlitDone);
    regs_.write32(kStart, kGo);
}

/// One list: the number of pairs, the pairs, and zero for no list after it.
void G2d::start_list(const G2dJob& job) {
    auto* word = pointer<volatile uint32_t>(list_.cpu);
    volatile uint32_t* const count = word++;
    uint32_t pairs = 0;
    const auto put = [&](uint32_t offset, uint32_t value) {
        *word++ = offset;
        *word++ = value;
        ++pairs;
    };
    put(kSoftReset, kClearCommands);
    put(kSourceBase, 0);  // the write after a clear is lost
    put(kIntEnable, kAllListsDone);
    for (const G2dWrite& w : job.writes) put(w.offset, w.value);
    put(kStart, kGo);
    *word = 0;
    *count = pairs;
    wmb();
    regs_.write32(kListBase, list_.handle.value);
    regs_.write32(kListCommand, kGo);
}

/// Tells the owner, who may free the job, and goes on with the next.
void G2d::end_running(bool carried_out) {
    G2dJob* job = running_;
    patience_.cancel();
    running_ = nullptr;
    start_next();
    if (job && job->done) job->done(*job, carried_out);
}

void G2d::handle_interrupt() {
    const IrqGuard guard{lock_};
    const uint32_t pending = regs_.read32(kIntPending);
    regs_.write32(kIntPending, pending);
    const uint32_t finished = version_ == G2dVersion::v3 ? kBlitDone : kAllListsDone;
    if (pending & finished && running_) end_running(true);
}

void G2d::abort() {
    const IrqGuard guard{lock_};
    log_warn("g2d: a job faults or does not end; reset");
    reset();
    if (running_) end_running(false);
}

/// The next job may start only when translation is on again: from the timer, after the SysMMU's handler.
void G2d::handle_fault() {
    const IrqGuard guard{lock_};
    reset();
    patience_.cancel();
    patience_.start(now_ns());
}

G2d* the_g2d() { return only; }

namespace {

void interrupt(void* context) { static_cast<G2d*>(context)->handle_interrupt(); }

FaultAnswer fault(void* context, const IommuFault&) {
    static_cast<G2d*>(context)->handle_fault();
    return FaultAnswer::drop;
}

Result<> probe(Device& device) {
    const IrqLine line = TRY(device.irq());
    const DmaDevice dma = TRY(DmaDevice::of(device.node));
    TRY(power_on(device.node));
    const bool lists = device.node.compatible("samsung,exynos4212-g2d");
    auto g2d = TRY(make<G2d>(TRY(device.map()), lists ? G2dVersion::v4_1 : G2dVersion::v3, dma));
    TRY(g2d->prepare());
    IommuDomain* domain = TRY(iommu_domain_of(device.node));
    TRY(request_irq(line, interrupt, g2d.get(), device.name));
    if (domain) domain->on_fault(fault, g2d.get());
    log_info("%s: 2D engine, version %s", device.name, lists ? "4.1" : "3");
    only = g2d.release();
    device.data = only;
    return Ok{};
}

constexpr const char* kCompatible[] = {"samsung,exynos4212-g2d", "samsung,s5pv210-g2d", nullptr};
constexpr Driver kDriver{"g2d", kCompatible, probe};
REGISTER_DRIVER(kDriver);

}  // namespace

}  // namespace kernel
