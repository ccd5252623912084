// Where a core's time goes: samples at even steps of its cycle counter, with the functions that led there.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "platform/debug/code_images.hpp"

namespace exysim::debug {

/// What a sample needs of a core.
struct CoreState {
    uint32_t pc, lr, fp;
    bool user;
    ReadWord read;
};

/// Each full step of the cycle counter that passes while a core executes is charged to where the core is
/// then, so that sums are exact to a step a stack. Idle time is nobody's. Sampling reads the core's debug
/// view alone and changes nothing.
class Profile {
public:
    /// `step` in cycles.
    Profile(CodeImages images, uint64_t step) : images_{std::move(images)}, step_{step} {}

    /// The core has executed from `begin` to `end`, in cycles.
    template <class State>
    void executed(uint64_t begin, uint64_t end, State state) {
        if (const uint64_t steps = end / step_ - begin / step_) add(steps * step_, state());
    }
    uint64_t cycles() const { return total_; }
    /// "kernel;main;read 12000": one line a stack, outermost first, in the format of flame graph tools.
    std::string folded() const;

private:
    void add(uint64_t cycles, const CoreState& core);
    uint32_t name(const std::string& text);
    /// Name of the function at `address`, found once an address and image.
    uint32_t function(const CodeImage& image, uint32_t address);

    CodeImages images_;
    uint64_t step_;
    uint64_t total_ = 0;
    std::vector<std::string> names_;
    std::unordered_map<std::string, uint32_t> ids_;
    std::map<std::pair<const CodeImage*, uint32_t>, uint32_t> functions_;
    std::map<std::vector<uint32_t>, uint64_t> stacks_;  // outermost first
};

}  // namespace exysim::debug
