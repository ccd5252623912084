// What a device makes of a pointer (MISSION B4): FIMC0 reads a picture from, or writes it to, each kind of
// memory that a process has. For each kind and side the errno of QBUF is printed, and how many bytes came out
// wrong: of the picture, or of what lies around it. What is right depends on whether FIMC0 has a SysMMU; the
// scenarios say it.
#include <cerrno>
#include <cstdio>
#include <functional>

#include "apps/runner/pass_through.hpp"
#include "apps/support/error.hpp"
#include "apps/support/measured.hpp"
#include "apps/userptr/memory.hpp"

namespace apps::userptr {

namespace {

constexpr const char* kDevice = "fimc0";
constexpr runner::Size kPicture{128, 96}, kLarger{128, 112}, kOnePage{64, 32};
static_assert(nv12_bytes(kOnePage) <= 4096 - 512);

/// The errno of QBUF, 0 for none.
int queue_user(runner::V4l2Device& device, uint8_t* at, uint32_t length, uint32_t bytes) {
    try {
        device.queue({.index = 0, .bytes = bytes, .user = at, .length = length});
        return 0;
    } catch (const SystemError& e) {
        return e.number;
    }
}

void report(const std::string& name, int error, uint32_t wrong) {
    measured::print(name + ".errno", static_cast<unsigned>(error));
    if (error == 0) measured::print(name + ".wrong_bytes", wrong);
}

/// The device reads the picture from `memory`; `meanwhile` happens while it is queued.
void as_source(const std::string& name, Memory memory, runner::Size size,
               const std::function<void(Memory&)>& meanwhile = {}) {
    runner::PassThrough fimc{kDevice, size, V4L2_MEMORY_USERPTR, V4L2_MEMORY_MMAP};
    const uint32_t bytes = nv12_bytes(size);
    if (memory.writable()) runner::fill_pattern(memory.at(), size);
    const int error = queue_user(fimc.in(), memory.at(), bytes, bytes);
    if (error) return report(name + ".source", error, 0);
    if (meanwhile) meanwhile(memory);
    const Mapping result = fimc.out().map_buffer(0);
    fimc.out().queue({});
    fimc.run();
    report(name + ".source", 0, runner::count_wrong(static_cast<const uint8_t*>(result.data()), size));
}

/// The device writes the picture to `memory`.
void as_destination(const std::string& name, Memory memory, runner::Size size) {
    runner::PassThrough fimc{kDevice, size, V4L2_MEMORY_MMAP, V4L2_MEMORY_USERPTR};
    const uint32_t bytes = nv12_bytes(size);
    if (memory.writable()) memory.fill_around(bytes);
    const int error = queue_user(fimc.out(), memory.at(), bytes, 0);
    if (error) return report(name + ".destination", error, 0);
    {
        const Mapping source = fimc.in().map_buffer(0);
        runner::fill_pattern(static_cast<uint8_t*>(source.data()), size);
    }
    fimc.in().queue({.index = 0, .bytes = bytes});
    fimc.run();
    report(name + ".destination", 0, runner::count_wrong(memory.at(), size) + memory.changed_around(bytes));
}

void both(const std::string& name, const std::function<Memory()>& make, runner::Size size = kPicture) {
    as_source(name, make(), size);
    as_destination(name, make(), size);
}

void too_short() {
    runner::PassThrough fimc{kDevice, kPicture, V4L2_MEMORY_USERPTR, V4L2_MEMORY_MMAP};
    const Memory memory = Memory::scattered(kPicture);
    const uint32_t bytes = nv12_bytes(kPicture);
    report("too_short.source", queue_user(fimc.in(), memory.at(), bytes - 64, bytes - 64), 0);
}

void run() {
    runner::PassThrough lender{kDevice, kLarger, V4L2_MEMORY_MMAP, V4L2_MEMORY_MMAP};
    both("scattered", [] { return Memory::scattered(kPicture); });
    both("within_pages", [] { return Memory::within_pages(kPicture); });
    both(
        "one_page", [] { return Memory::within_pages(kOnePage); }, kOnePage);
    both("within_a_line", [] { return Memory::within_a_line(kPicture); });
    both("read_only", [] { return Memory::read_only(kPicture); });
    both("of_device", [&] { return Memory::of_device(lender, kLarger); });
    both("within_device", [&] { return Memory::within_device(lender, kLarger); });
    both("mixed", [&] { return Memory::mixed(lender, kPicture); });
    both("nothing", [] { return Memory::nothing(kPicture); });
    as_source("unmapped_while_queued", Memory::within_pages(kOnePage), kOnePage, [](Memory& memory) {
        memory.unmap();
        const Memory others = Memory::scattered(kLarger);  // who would be given its page
    });
    too_short();
}

}  // namespace

}  // namespace apps::userptr

int main() {
    try {
        apps::userptr::run();
        return 0;
    } catch (const apps::Error& e) {
        std::fprintf(stderr, "userptr: %s\n", e.what());
        return 1;
    }
}
