// FIMC at register level, as far as capture from the parallel camera port needs it.
#pragma once

#include "arch/mmio.hpp"
#include "iommu/iova_space.hpp"
#include "media/pixel_format.hpp"

namespace kernel {

/// What the camera sends and what lands in memory; sizes are equal: the scaler only passes pixels on.
struct FimcPicture {
    const PixelFormat* format = nullptr;
    uint32_t width = 0, height = 0;
};

class Fimc {
public:
    static constexpr uint32_t kSlots = 4;  ///< output address registers in use, as Linux's driver

    explicit Fimc(Mmio regs) : regs_{regs} {}

    /// Software reset; the output ring starts at slot 0 again.
    void reset() const;
    /// Source, scaler and output for capture.
    void configure(const FimcPicture& picture) const;
    void set_output(uint32_t slot, Iova base, const FimcPicture& picture) const;
    void start_capture() const;
    /// The frame in progress is the last one; its end raises the last interrupt.
    void stop_capture() const;
    void acknowledge() const;
    /// Reads and clears the overflow flags; true when the last frame is damaged.
    bool take_overflow() const;

private:
    void configure_source(const FimcPicture& picture) const;
    void configure_scaler(const FimcPicture& picture) const;
    void configure_output(const FimcPicture& picture) const;

    Mmio regs_;
};

}  // namespace kernel
