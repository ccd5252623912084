#include <fmt/format.h>

#include "platform/board/loader.hpp"
#include "platform/config/diagnostics.hpp"

namespace exysim::board {

namespace {
constexpr uint64_t kUsualOffset = 128 << 20;
constexpr uint64_t kTreeRoom = 2 << 20;  // generated or merged trees are smaller

constexpr uint64_t page_up(uint64_t address) { return (address + kPageSize - 1) & ~uint64_t{kPageSize - 1}; }
}  // namespace

Layout lay_out(PhysRange ram, uint64_t image_end, uint64_t initrd_size) {
    const uint64_t usual = ram.base.value + std::min(kUsualOffset, ram.size / 2);
    const uint64_t initrd = page_up(std::max(usual, image_end));
    const uint64_t dtb = page_up(initrd + initrd_size);
    if (dtb + kTreeRoom > ram.end()) {
        throw config::ConfigError{fmt::format(
            "memory of {} MiB is too small for image, initial file system and device tree", ram.size >> 20)};
    }
    return {PhysAddr{static_cast<uint32_t>(initrd)}, PhysAddr{static_cast<uint32_t>(dtb)}};
}

std::vector<uint8_t> boot_tree(const config::Platform& platform, const Boot& boot, const Layout& layout) {
    BootFacts facts{boot.arguments, {}, boot.console, boot.scenario, boot.exec};
    if (!boot.initrd.empty()) facts.initrd = PhysRange{layout.initrd, boot.initrd.size()};
    if (boot.dtb.empty()) return flatten(device_tree(platform, facts));
    return merge_chosen(boot.dtb, chosen_node(facts), boot.dtb_file);
}

}  // namespace exysim::board
