#include "platform/observe/software_watch.hpp"

#include <catch2/catch.hpp>

using namespace exysim;
using namespace exysim::observe;

namespace {
constexpr uint32_t kRunner = 7, kOther = 9, kIdle = 0;

struct Listener {
    SoftwareWatch watch;
    std::vector<std::pair<Stage, Picoseconds>> heard;
    Listener() {
        watch.changed = [this](Stage stage, Picoseconds at) { heard.emplace_back(stage, at); };
    }
};
}  // namespace

TEST_CASE("software watch: without events nothing is known", "[observe]") {
    CHECK(SoftwareWatch{}.stage() == Stage::software);
}

TEST_CASE("software watch: the state of the task that has the frame decides", "[observe]") {
    using Span = SoftwareWatch::Span;
    SoftwareWatch w;
    w.task_runs(kRunner, 1);
    w.buffer_moved(kRunner, 2);
    CHECK(w.stage() == Stage::application);
    w.span_begins(kRunner, Span::driver, 3);
    CHECK(w.stage() == Stage::driver);
    w.span_begins(kRunner, Span::maintenance, 4);
    CHECK(w.stage() == Stage::maintenance);
    w.interrupt_begins(5);
    CHECK(w.stage() == Stage::driver);
    w.interrupt_ends(6);
    w.span_ends(kRunner, Span::maintenance, 7);
    w.task_runs(kIdle, 8);
    CHECK(w.stage() == Stage::blocked);
    w.task_runs(kOther, 9);
    CHECK(w.stage() == Stage::others);
    w.span_ends(kRunner, Span::driver, 10);
    w.task_runs(kIdle, 11);
    CHECK(w.stage() == Stage::asleep);
}

TEST_CASE("software watch: a lock is the cause whoever runs meanwhile", "[observe]") {
    using Span = SoftwareWatch::Span;
    SoftwareWatch w;
    w.task_runs(kRunner, 0);
    w.buffer_moved(kRunner, 0);
    w.span_begins(kRunner, Span::lock, 1);
    w.task_runs(kOther, 2);
    CHECK(w.stage() == Stage::lock);
    w.task_runs(kIdle, 3);
    CHECK(w.stage() == Stage::lock);
    w.task_runs(kRunner, 4);
    w.span_ends(kRunner, Span::lock, 4);
    CHECK(w.stage() == Stage::application);
}

TEST_CASE("software watch: says changes only, and programs' own marks are none", "[observe]") {
    Listener l;
    l.watch.task_runs(kRunner, 5);
    l.watch.buffer_moved(kRunner, 6);
    l.watch.span_begins(kRunner, SoftwareWatch::Span::mark, 7);
    l.watch.span_ends(kRunner, SoftwareWatch::Span::mark, 8);
    l.watch.task_runs(kOther, 9);
    CHECK(l.heard == std::vector<std::pair<Stage, Picoseconds>>{{Stage::application, 5}, {Stage::others, 9}});
}

TEST_CASE("software watch: ends without begins are ignored", "[observe]") {
    SoftwareWatch w;
    w.interrupt_ends(1);
    w.span_ends(kRunner, SoftwareWatch::Span::lock, 2);
    w.task_runs(kRunner, 3);
    w.interrupt_begins(4);
    w.interrupt_ends(5);
    CHECK(w.stage() == Stage::application);
}

TEST_CASE("software watch: a fence is what is waited for, mapping what is worked at", "[observe]") {
    using Span = SoftwareWatch::Span;
    SoftwareWatch w;
    w.task_runs(kRunner, 0);
    w.buffer_moved(kRunner, 0);
    w.span_begins(kRunner, Span::fence, 1);
    w.task_runs(kIdle, 2);
    CHECK(w.stage() == Stage::fence);
    w.task_runs(kOther, 3);  // it may be who signals it
    CHECK(w.stage() == Stage::fence);
    w.task_runs(kRunner, 4);
    w.span_ends(kRunner, Span::fence, 4);
    w.span_begins(kRunner, Span::driver, 5);
    w.span_begins(kRunner, Span::mapping, 6);
    CHECK(w.stage() == Stage::mapping);
    w.span_begins(kRunner, Span::maintenance, 7);
    CHECK(w.stage() == Stage::maintenance);
    w.span_ends(kRunner, Span::maintenance, 8);
    w.task_runs(kOther, 9);
    CHECK(w.stage() == Stage::others);
    w.task_runs(kIdle, 10);
    CHECK(w.stage() == Stage::blocked);
}
