#include "platform/debug/profile.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace exysim::debug {

uint32_t Profile::name(const std::string& text) {
    const auto [found, fresh] = ids_.try_emplace(text, static_cast<uint32_t>(names_.size()));
    if (fresh) names_.push_back(text);
    return found->second;
}

uint32_t Profile::function(const CodeImage& image, uint32_t address) {
    const auto [found, fresh] = functions_.try_emplace({&image, address}, 0);
    if (fresh) {
        std::string text = image.symbols().function(address);
        std::replace(text.begin(), text.end(), ';', ',');  // the separator of stacks
        found->second = name(text);
    }
    return found->second;
}

void Profile::add(uint64_t cycles, const CoreState& core) {
    total_ += cycles;
    std::vector<uint32_t> stack;
    const CodeImage* image = images_.owner(core.pc, core.read);
    if (image) {
        bool innermost = true;
        for (const uint32_t at : call_chain(core.pc, core.lr, core.fp, image->symbols(), core.read)) {
            stack.push_back(function(*image, innermost ? at : at - 4));
            innermost = false;
        }
        stack.push_back(name(image->name()));
    } else {
        stack.push_back(name(fmt::format("{:#010x}", core.pc & ~0xFFFU)));
        stack.push_back(name(core.user ? "unknown program" : "unknown kernel code"));
    }
    std::reverse(stack.begin(), stack.end());
    stacks_[stack] += cycles;
}

std::string Profile::folded() const {
    std::vector<std::string> lines;
    for (const auto& [stack, cycles] : stacks_) {
        std::string line;
        for (const uint32_t id : stack) line += (line.empty() ? "" : ";") + names_[id];
        lines.push_back(fmt::format("{} {}\n", line, cycles));
    }
    std::sort(lines.begin(), lines.end());
    std::string text;
    for (const std::string& line : lines) text += line;
    return text;
}

}  // namespace exysim::debug
