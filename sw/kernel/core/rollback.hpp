// Takes a step back when a later one fails.
#pragma once

#include <utility>

namespace kernel {

/// Calls `undo` at its end unless cancel() came first. Several end in the reverse order of their beginning,
/// before what was declared ahead of them.
template <class Undo>
class [[nodiscard]] Rollback {
public:
    explicit Rollback(Undo undo) : undo_{std::move(undo)} {}
    Rollback(const Rollback&) = delete;
    Rollback& operator=(const Rollback&) = delete;
    ~Rollback() {
        if (armed_) undo_();
    }
    void cancel() { armed_ = false; }

private:
    Undo undo_;
    bool armed_ = true;
};

}  // namespace kernel
