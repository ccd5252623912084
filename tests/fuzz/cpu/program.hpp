// A generated piece of code: halfwords of A32 or T32, and where each of its steps begins.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace exysim::test::oracle {

enum class State { a32, thumb };

/// A step is the unit of bisection: one instruction under test with whatever prepares it, or a whole IT
/// block.
class Program {
public:
    explicit Program(State state) : state_{state} {}

    State state() const { return state_; }
    bool thumb() const { return state_ == State::thumb; }
    const std::vector<uint16_t>& halfwords() const { return code_; }
    uint32_t bytes() const { return static_cast<uint32_t>(2 * code_.size()); }

    void begin_step() { steps_.push_back(code_.size()); }
    size_t steps() const { return steps_.size(); }
    /// The first `count` steps, without an end.
    Program prefix(size_t count) const;
    /// Where a step begins, bytes from the start of the code.
    uint32_t step_offset(size_t index) const { return static_cast<uint32_t>(2 * steps_[index]); }
    /// Halfwords of one step.
    std::vector<uint16_t> step(size_t index) const;

    /// One instruction of the present state: an A32 word, a T32 word (first halfword on top) or a T16
    /// halfword.
    void word(uint32_t instruction);
    void t16(uint32_t instruction) { code_.push_back(static_cast<uint16_t>(instruction)); }
    /// An A32 word inside Thumb code, which the program has to reach in the right state.
    void append_a32(uint32_t instruction);
    /// Loads a constant into r0-r12 or r14, or into r13 (in Thumb through r14), without touching flags.
    void set_register(uint32_t number, uint32_t value);
    /// SVC: the ordinary end.
    void supervisor_call(uint32_t immediate);

private:
    void move_halves(uint32_t number, uint32_t value);

    State state_;
    std::vector<uint16_t> code_;
    std::vector<size_t> steps_;
};

}  // namespace exysim::test::oracle
