// Where a pipeline's pictures go: a display that shows dma-bufs and gives each back when it has left the
// screen.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "apps/runner/scenario.hpp"

namespace apps::runner {

class Display {
public:
    virtual ~Display() = default;

    /// Takes the buffers, whose descriptors or memory stay the caller's. Throws Error.
    virtual void import_planes(const std::vector<PlaneFds>& dmabufs) = 0;
    /// The same for pictures in one piece, one descriptor each.
    void import(const std::vector<int>& dmabufs);
    /// Shows buffer `index` as soon as possible, after those it was given before.
    virtual void show(uint32_t index, uint32_t bytes) = 0;
    /// What poll() waits for until a buffer may be back.
    virtual int fd() const = 0;
    virtual short events() const = 0;
    /// After poll(): a buffer that has left the screen, if there is one.
    virtual std::optional<uint32_t> take_back() = 0;
    /// Hides the pictures and lets the buffers go.
    virtual void stop() = 0;

    /// Time from one vsync to the next, nanoseconds.
    virtual uint64_t frame_period_ns() const = 0;
    virtual const std::string& node() const = 0;
};

/// Opens the display the sink names and programs mode and format. Throws Error.
std::unique_ptr<Display> open_display(const Sink& sink, const Buffers& buffers);

}  // namespace apps::runner
