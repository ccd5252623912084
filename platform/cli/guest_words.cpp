#include "platform/cli/guest_words.hpp"

#include <fmt/format.h>

#include <charconv>

#include "platform/board/memory_map.hpp"

namespace exysim::cli {

namespace {

using system::EventKind;
using system::EventRecord;
using system::GuestEvent;
using system::MapDirection;
using system::Turn;

/// The buffer, or memory that is none.
std::string subject_of(const EventRecord& r) {
    if (r.id != 0) return fmt::format("buffer {}", r.id);
    return fmt::format("{} bytes at {:#010x}", r.length, r.pa);
}

std::string created(const GuestEvent& e) {
    return fmt::format("buffer {}: {} bytes, {}, made by {}", e.record.id, e.record.length,
                       memory_word(e.record.value[0]), e.name.empty() ? "the kernel" : block_word(e.name));
}
std::string segment(const GuestEvent& e) {
    return fmt::format("buffer {}: bytes {:#x} to {:#x} lie at {:#010x}", e.record.id, e.record.value[0],
                       e.record.value[0] + e.record.length, e.record.pa);
}
std::string named(const GuestEvent& e) { return fmt::format("buffer {} is called {}", e.record.id, e.name); }
std::string freed(const GuestEvent& e) { return fmt::format("buffer {} freed", e.record.id); }
std::string attached(const GuestEvent& e) {
    return fmt::format("buffer {} attached to {}", e.record.id, block_word(e.name));
}
std::string detached(const GuestEvent& e) {
    return fmt::format("buffer {} detached from {}", e.record.id, block_word(e.name));
}
std::string mapped(const GuestEvent& e) {
    return fmt::format("{} mapped for {} at {:#010x}, which {}", subject_of(e.record), block_word(e.name),
                       e.record.iova, use_word(e.record.direction));
}
std::string unmapped(const GuestEvent& e) {
    return fmt::format("{} unmapped from {} at {:#010x}", subject_of(e.record), block_word(e.name),
                       e.record.iova);
}
std::string turned(const GuestEvent& e) {
    const bool device = static_cast<Turn>(e.record.direction) == Turn::device;
    return fmt::format("{}: {} turn", subject_of(e.record), device ? "the device's" : "the processor's");
}
std::string queued(const GuestEvent& e) {
    return fmt::format("{} buffer {} queued", block_word(e.name), e.record.id);
}
std::string taken(const GuestEvent& e) {
    return fmt::format("{} buffer {} taken", block_word(e.name), e.record.id);
}
std::string done(const GuestEvent& e) {
    return fmt::format("{} buffer {} done", block_word(e.name), e.record.id);
}
std::string task_name(const GuestEvent& e) {
    return fmt::format("task {} is called {}", e.record.task, e.name);
}
std::string panicked(const GuestEvent& e) { return "panic: " + e.name; }

struct Words {
    EventKind kind;
    std::string (*say)(const GuestEvent&);
};
// clang-format off
constexpr Words kWords[] = {
    {EventKind::task_name,      task_name}, {EventKind::buffer_created, created},  {EventKind::buffer_segment, segment},
    {EventKind::buffer_named,   named},     {EventKind::buffer_freed,   freed},    {EventKind::attach,         attached},
    {EventKind::detach,         detached},  {EventKind::map,            mapped},   {EventKind::unmap,          unmapped},
    {EventKind::sync,           turned},    {EventKind::queue,          queued},   {EventKind::dequeue,        taken},
    {EventKind::buffer_done,    done},      {EventKind::panic,          panicked},
};
// clang-format on

}  // namespace

std::string block_word(const std::string& name) {
    const size_t at = name.find('@'), begin = at == std::string::npos ? 0 : at + 1;
    uint32_t base = 0;
    const auto [end, error] = std::from_chars(name.data() + begin, name.data() + name.size(), base, 16);
    const bool whole = begin == 0 ? *end == '.' : *end == '\0';
    if (error != std::errc{} || !whole) return name;
    for (const board::Block& block : board::kMemoryMap) {
        if (block.range.base == PhysAddr{base}) return std::string{block.name};
    }
    return name;
}

std::string memory_word(uint32_t type) {
    constexpr const char* kTypes[] = {"", "", "write-combined", "cached"};
    return type == 2 || type == 3 ? kTypes[type] : "other memory";
}

std::string use_word(uint32_t direction) {
    switch (static_cast<MapDirection>(direction)) {
        case MapDirection::to_device:
            return "reads it";
        case MapDirection::from_device:
            return "writes it";
        default:
            return "reads and writes it";
    }
}

std::string words_of(const GuestEvent& event) {
    for (const Words& words : kWords) {
        if (words.kind == static_cast<EventKind>(event.record.kind)) return words.say(event);
    }
    return event.name.empty() ? fmt::format("event {}", event.record.kind) : event.name;
}

bool is_about_memory(const GuestEvent& event) {
    const auto kind = static_cast<EventKind>(event.record.kind);
    return kind >= EventKind::buffer_created && kind <= EventKind::sync;
}

}  // namespace exysim::cli
