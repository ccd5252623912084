// Work on each picture between source and sink.
//
//   put(picture) -> ... -> take(): a picture in an output buffer, take_back(): an input buffer that is free
//   again
//                          recycle(): an output buffer is free again
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "apps/runner/scenario.hpp"

namespace apps::runner {

struct Picture {
    uint32_t index = 0;  ///< of its buffer
    uint32_t bytes = 0;
};

class StageWorker {
public:
    virtual ~StageWorker() = default;

    /// Takes the input buffers, which stay the caller's; returns the output buffers' descriptors. Throws
    /// Error.
    virtual std::vector<int> connect(const std::vector<int>& dmabufs) = 0;
    virtual void start() = 0;
    virtual void put(const Picture& picture) = 0;
    virtual void recycle(uint32_t index) = 0;
    virtual std::optional<Picture> take() = 0;
    virtual std::optional<uint32_t> take_back() = 0;
    virtual void stop() = 0;
    /// What poll() waits for; -1 when put() has done everything.
    virtual int fd() const = 0;
    virtual short events() const = 0;
};

/// Opens the stage's device and sets it up. Throws Error.
std::unique_ptr<StageWorker> open_stage(const Stage& stage);
std::unique_ptr<StageWorker> open_converter(const Stage& stage);
std::unique_ptr<StageWorker> open_cpu(const Stage& stage);
std::unique_ptr<StageWorker> open_g2d(const Stage& stage);
std::unique_ptr<StageWorker> open_inset(const Stage& stage);

/// Takes the first of a queue, if there is one.
template <class T>
std::optional<T> pop(std::deque<T>& from) {
    if (from.empty()) return {};
    const T first = from.front();
    from.pop_front();
    return first;
}

}  // namespace apps::runner
