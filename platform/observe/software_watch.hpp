// What software does at any moment, as far as the guest's events tell (models/system/simctl.hpp), for the
// frames that it has.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "platform/observe/frame_chain.hpp"

namespace exysim::observe {

/// The task that took a buffer from a video queue, or gave one to it, last is the one that has the frame: one
/// task, or several that hand it on. Its state says what the frame waits for; a handler of an interrupt goes
/// before all. A guest that sends no events leaves Stage::software.
class SoftwareWatch {
public:
    /// Called at each change.
    std::function<void(Stage, Picoseconds)> changed;

    enum class Span : uint8_t { mark, driver, maintenance, lock, mapping, fence };

    void task_runs(uint32_t task, Picoseconds at);
    void interrupt_begins(Picoseconds at);
    void interrupt_ends(Picoseconds at);
    void span_begins(uint32_t task, Span span, Picoseconds at);
    void span_ends(uint32_t task, Span span, Picoseconds at);
    void buffer_moved(uint32_t task, Picoseconds at);

    Stage stage() const;

private:
    static constexpr uint32_t kIdle = 0;
    static Stage stage_of(Span innermost);
    Stage stage_of_owner() const;
    void tell(Picoseconds at);

    bool heard_ = false;
    uint32_t running_ = kIdle, owner_ = kIdle, interrupts_ = 0;
    std::map<uint32_t, std::vector<Span>> spans_;  // of each task, the innermost last
    Stage told_ = Stage::software;
};

}  // namespace exysim::observe
