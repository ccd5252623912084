// FIMG-2D: registers, interrupts and command-list rules. Knows neither time nor SystemC.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>

#include "models/base/register_bank.hpp"
#include "models/gpu/blit.hpp"
#include "models/gpu/g2d_registers.hpp"

namespace exysim::gpu {

/// What software wants done next.
enum class Work : uint8_t { none, blit, lists };

/// Sources: hardware/fimg2d.md sections 1 and 6.
///   - INTC_PEND bit 0 rises after a blit started by register, or held in a list; bit 1 after a list while
///   INTEN.GCF is
///     set; bit 2 at a user hold; bit 3 after the last list. The line is INTEN & INTC_PEND, a level; the
///     edge setting is stored and makes no difference. [Assumed]
///   - SFRCLEAR resets 0x100 and up; in a list the register written next is lost (a fault of the real
///   hardware
///     that Linux writes a dummy for).
///   - A start while the engine runs is ignored and reported.
class G2dCore {
public:
    explicit G2dCore(Version version);
    G2dCore(const G2dCore&) = delete;
    G2dCore& operator=(const G2dCore&) = delete;

    RegisterBank regs;
    /// Told of each guest mistake: what, register offset, value. Set by the shell.
    std::function<void(std::string_view what, uint32_t offset, uint32_t value)> mistake =
        [](std::string_view, uint32_t, uint32_t) {};

    Version version() const { return version_; }
    /// Everything is as after power-on; work under way is void.
    void power_off();
    bool irq() const;
    bool busy() const { return busy_; }
    /// How often the engine has been reset; work begun before is void.
    uint64_t resets() const { return resets_; }
    Work take_work() { return std::exchange(work_, Work::none); }

    Blit blit();      ///< the present settings; reports what is wrong with them
    void end_blit();  ///< of a blit started by register

    /// Command lists. begin_lists() gives the first one's address.
    Iova begin_lists();
    enum class Step : uint8_t { next, blit };
    Step list_write(uint32_t offset, uint32_t value);  ///< one pair of a list
    void end_list_blit();
    void end_list();
    /// Whether another list follows the one that ended, `next` being its tail word.
    bool more_lists(uint32_t next) const;
    void end_lists();
    bool holding() const { return holding_; }  ///< waits for DMA_COMMAND.CONTINUE
    bool halted() const { return halted_; }

private:
    enum Pend : uint32_t { kBlitDone = 1, kListDone = 2, kUserHold = 4, kAllDone = 8 };
    void hook();
    void soft_reset(uint32_t written);
    void clear_commands();
    void start(Work work, uint32_t offset, uint32_t value);
    void dma_command(uint32_t written);
    void raise(uint32_t pend);
    void set_busy(bool busy);
    void hold(uint32_t pend);

    Version version_;
    Work work_ = Work::none;
    bool busy_ = false, holding_ = false, halted_ = false;
    bool in_list_ = false;    // registers are written by the list processor
    bool lose_next_ = false;  // the write after SFRCLEAR
    bool blit_wanted_ = false, blit_may_hold_ = false;
    uint64_t resets_ = 0;
};

}  // namespace exysim::gpu
