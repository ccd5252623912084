// One FIMC, shared by its two video nodes: capture from the camera, and memory to memory. Only one of them
// can work at a time.
#pragma once

#include "media/fimc.hpp"

namespace kernel {

/// What an instance can do (device tree, samsung,pix-limits and samsung,rotators).
struct FimcAbilities {
    uint32_t widest_scaled = 4224;
    uint32_t widest_rotated = 1920;
    bool rotates = true;
};

class FimcEngine {
public:
    struct User {
        virtual ~User() = default;
        virtual void handle_interrupt() = 0;
    };
    FimcEngine(Mmio regs, const DmaDevice& dma, const FimcAbilities& can)
        : fimc{regs}, device{dma}, able{can} {}

    /// Makes `user` the one interrupts go to, after a reset. Errors: kBusy.
    Result<> take(User& user);
    void give_back(User& user);
    static void interrupt(void* context);

    const Fimc fimc;
    const DmaDevice device;
    const FimcAbilities able;

private:
    IrqLock lock_;
    User* user_ = nullptr;
    uint32_t users_ = 0;  // times taken by it
};

/// The capture node with its place in the graph.
struct FimcCapturePath {
    virtual ~FimcCapturePath() = default;
};
/// The two nodes; the second stays for ever, the first goes with what is returned. `name` is the platform
/// device's, `number` the instance's. Errors: kNoMem, kNoSpc.
Result<Unique<FimcCapturePath>> make_fimc_capture(FimcEngine& engine, const char* name, uint32_t number);
Result<> make_fimc_m2m(FimcEngine& engine, const char* name);

/// Formats and sizes both have in common.
Result<uint32_t> fimc_format_at(uint32_t index);
Result<SizeRange> fimc_sizes(const FimcEngine& engine, uint32_t fourcc);
void fimc_adjust_format(const FimcEngine& engine, uint32_t type, v4l2_pix_format_mplane& format);
FimcFrame fimc_frame(const v4l2_pix_format_mplane& format);
/// Moves and shrinks `r` into the picture, in steps the DMA can do.
Rect fimc_fit(const Rect& r, uint32_t width, uint32_t height);

}  // namespace kernel
