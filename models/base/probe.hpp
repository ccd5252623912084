// Probe points: where a model says what happened and where watchers listen. A probe without watchers costs
// one branch; watchers must not change simulated time or state.
#pragma once

#include <functional>
#include <utility>
#include <vector>

namespace exysim {

/// One kind of event, with the facts that go along with it. Watchers attach at elaboration and stay.
template <class Event>
class Probe {
public:
    void attach(std::function<void(const Event&)> watcher) { watchers_.push_back(std::move(watcher)); }
    bool watched() const { return !watchers_.empty(); }
    void operator()(const Event& event) const {
        for (const auto& watcher : watchers_) watcher(event);
    }

private:
    std::vector<std::function<void(const Event&)>> watchers_;
};

}  // namespace exysim
