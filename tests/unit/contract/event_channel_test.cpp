// What the kernel posts is what the channel reads.
#include "core/event_channel.hpp"

#include <catch2/catch.hpp>
#include <cstddef>

#include "dma/attributes.hpp"
#include "models/system/simctl_core.hpp"

using namespace exysim;

TEST_CASE("contract: event records have the same words on both sides", "[contract][simctl]") {
    using Model = system::EventRecord;
    using Kernel = kernel::EventRecord;
    CHECK(sizeof(Model) == sizeof(Kernel));
    CHECK(offsetof(Model, kind) == offsetof(Kernel, kind));
    CHECK(offsetof(Model, id) == offsetof(Kernel, id));
    CHECK(offsetof(Model, pa) == offsetof(Kernel, pa));
    CHECK(offsetof(Model, length) == offsetof(Kernel, length));
    CHECK(offsetof(Model, iova) == offsetof(Kernel, iova));
    CHECK(offsetof(Model, direction) == offsetof(Kernel, direction));
    CHECK(offsetof(Model, name_ptr) == offsetof(Kernel, name));
    CHECK(offsetof(Model, site) == offsetof(Kernel, site));
    CHECK(offsetof(Model, task) == offsetof(Kernel, task));
    CHECK(offsetof(Model, value) == offsetof(Kernel, value));
}

TEST_CASE("contract: event kinds, span classes and directions have the same numbers", "[contract][simctl]") {
    const auto same = [](auto model, auto guest) {
        return static_cast<uint32_t>(model) == static_cast<uint32_t>(guest);
    };
    using M = system::EventKind;
    using K = kernel::KernelEvent;
    CHECK(same(M::buffer_created, K::buffer_created));
    CHECK(same(M::buffer_segment, K::buffer_segment));
    CHECK(same(M::buffer_named, K::buffer_named));
    CHECK(same(M::buffer_freed, K::buffer_freed));
    CHECK(same(M::attach, K::attach));
    CHECK(same(M::detach, K::detach));
    CHECK(same(M::map, K::map));
    CHECK(same(M::unmap, K::unmap));
    CHECK(same(M::sync, K::sync));
    CHECK(same(M::queue, K::queue));
    CHECK(same(M::dequeue, K::dequeue));
    CHECK(same(M::span_begin, K::span_begin));
    CHECK(same(M::span_end, K::span_end));
    CHECK(same(M::task_switch, K::task_switch));
    CHECK(same(M::interrupt_begin, K::interrupt_begin));
    CHECK(same(M::interrupt_end, K::interrupt_end));
    CHECK(same(M::buffer_done, K::buffer_done));
    CHECK(same(M::program, K::program));
    CHECK(same(system::SpanClass::driver, kernel::SpanClass::driver));
    CHECK(same(system::SpanClass::maintenance, kernel::SpanClass::maintenance));
    CHECK(same(system::SpanClass::lock, kernel::SpanClass::lock));
    CHECK(same(system::SpanClass::mapping, kernel::SpanClass::mapping));
    CHECK(same(system::SpanClass::fence, kernel::SpanClass::fence));
    CHECK(same(system::Turn::device, kernel::Turn::device));
    CHECK(same(system::Turn::processor, kernel::Turn::processor));
    CHECK(same(system::MapDirection::bidirectional, kernel::DmaDirection::bidirectional));
    CHECK(same(system::MapDirection::to_device, kernel::DmaDirection::to_device));
    CHECK(same(system::MapDirection::from_device, kernel::DmaDirection::from_device));
    CHECK(same(system::QueueDirection::capture, kernel::QueueDirection::capture));
    CHECK(same(system::QueueDirection::output, kernel::QueueDirection::output));
}
