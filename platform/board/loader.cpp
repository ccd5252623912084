#include "platform/board/loader.hpp"

#include <algorithm>
#include <cassert>

namespace exysim::board {

namespace {

void place(Machine& machine, PhysAddr at, const std::vector<uint8_t>& bytes) {
    const std::span<uint8_t> to = machine.memory({at, bytes.size()});
    assert(to.size() == bytes.size());  // lay_out() and load_image() have checked
    std::copy(bytes.begin(), bytes.end(), to.begin());
}

}  // namespace

void load(Machine& machine, const config::Platform& platform, const Boot& boot) {
    const Layout layout = lay_out(machine.ram_range(), boot.image.end(), boot.initrd.size());
    for (const Image::Segment& segment : boot.image.segments) place(machine, segment.base, segment.bytes);
    place(machine, layout.initrd, boot.initrd);
    place(machine, layout.dtb, boot_tree(platform, boot, layout));
    machine.start(boot.image.entry, 0, ~0U, layout.dtb.value);
}

}  // namespace exysim::board
