// The 2D engine at register level: one queue of jobs, a job being register writes and then a blit.
#pragma once

#include <span>

#include "core/list.hpp"
#include "core/lock.hpp"
#include "core/time.hpp"
#include "dma/allocate.hpp"

namespace kernel {

enum class G2dVersion : uint8_t { v3, v4_1 };

/// One register and what to write there; offsets 0x104 to 0x880 (fimg2d.md section 1).
struct G2dWrite {
    uint32_t offset = 0, value = 0;
};

/// A blit. The owner keeps it alive until it is done.
struct G2dJob {
    static constexpr uint32_t kMostWrites = 120;

    ListNode node;
    std::span<const G2dWrite> writes;
    /// In interrupt context. `carried_out` false: the engine hung or faulted and has been reset.
    void (*done)(G2dJob& job, bool carried_out) = nullptr;
    void* context = nullptr;
};

class G2d {
public:
    G2d(Mmio regs, G2dVersion version, const DmaDevice& dma) : regs_{regs}, version_{version}, dma_{dma} {}
    /// Memory for command lists, and the engine in its reset state. Errors: kNoMem, kNoSpc.
    Result<> prepare();

    /// Queues a job; any number of them, from anywhere. All registers not written are as after a reset.
    void submit(G2dJob& job);

    G2dVersion version() const { return version_; }
    const DmaDevice& dma() const { return dma_; }

    void handle_interrupt();
    /// The SysMMU in front caught an access that leads nowhere: the running job ends.
    void handle_fault();

private:
    void start_next();
    void start_list(const G2dJob& job);
    void start_registers(const G2dJob& job) const;
    void reset() const;
    void end_running(bool carried_out);
    void abort();

    Mmio regs_;
    G2dVersion version_;
    DmaDevice dma_;
    DmaMemory list_;  // version 4.1's command list

    IrqLock lock_;  // guards all below
    List<G2dJob, &G2dJob::node> waiting_;
    G2dJob* running_ = nullptr;
    Timer patience_;
};

/// The machine's engine, or null when it has none.
G2d* the_g2d();

}  // namespace kernel
