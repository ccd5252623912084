#include "platform/debug/line_profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <span>

#include "platform/debug/disassembler.hpp"

namespace exysim::debug {

namespace {

namespace fs = std::filesystem;

/// Compilers name sources from where they were started: for guest programs a folder above the program.
std::vector<std::string> lines_of(const std::string& file, const std::set<fs::path>& folders) {
    std::vector<std::string> lines;
    for (const fs::path& folder : folders) {
        std::ifstream in{folder / file};
        for (std::string line; std::getline(in, line);) lines.push_back(line);
        if (!lines.empty()) break;
    }
    return lines;
}

std::set<fs::path> folders_above(const fs::path& program) {
    const fs::path folder = fs::absolute(program).parent_path();
    return {folder, folder.parent_path()};
}

}  // namespace

LineProfile::LineProfile(CodeImages images, std::vector<ReadWord> views)
    : images_{std::move(images)}, views_{std::move(views)}, tracks_(views_.size()) {}

void LineProfile::close(unsigned core, uint64_t cycles, uint64_t instructions) {
    Track& track = tracks_[core];
    if (track.block) {
        track.block->cycles += cycles - track.cycles;
        track.block->instructions += instructions - track.instructions;
    }
    track = {nullptr, cycles, instructions};
}

void LineProfile::entered(unsigned core, const TracedBlock& block, uint32_t address_space, uint64_t cycles,
                          uint64_t instructions) {
    close(core, cycles, instructions);
    std::unique_ptr<Block>& known = blocks_[uint64_t{address_space} << 32 | block.address];
    const bool same =
        known && std::equal(block.code.begin(), block.code.end(), known->code.begin(), known->code.end());
    if (!known || (!same && known->cycles == 0)) known = std::make_unique<Block>();
    if (known->code.empty()) {
        known->image = images_.owner(block.address, views_[core]);
        known->address = block.address;
        known->thumb = block.thumb;
        known->code.assign(block.code.begin(), block.code.end());
    }
    tracks_[core].block = known.get();
}

void LineProfile::share_out(const Block& block, const Symbols& symbols, Lines& lines) const {
    static const Disassembler kDisassembler;  // for the lengths of T32 instructions
    std::vector<uint32_t> addresses;
    for (uint32_t offset = 0; offset + 2 <= block.code.size();) {
        addresses.push_back(block.address + offset);
        const auto rest = std::span{block.code}.subspan(offset);
        offset += block.thumb ? kDisassembler.at(block.address + offset, true, rest).bytes : 4;
    }
    const auto share = static_cast<double>(addresses.size());
    for (const uint32_t address : addresses) {
        const auto line = symbols.line(address - block.image->base());
        Spent& spent = line ? lines[line->file][line->number] : lines["without line numbers"][0];
        spent.cycles += static_cast<double>(block.cycles) / share;
        spent.instructions += static_cast<double>(block.instructions) / share;
    }
}

LineProfile::Lines LineProfile::lines() const {
    std::map<const CodeImage*, std::unique_ptr<Symbols>> symbols;
    Lines lines;
    for (const auto& [key, block] : blocks_) {
        if (!block->image) {
            Spent& spent = lines["unknown code"][0];
            spent.cycles += static_cast<double>(block->cycles);
            spent.instructions += static_cast<double>(block->instructions);
            continue;
        }
        std::unique_ptr<Symbols>& of = symbols[block->image];
        if (!of) of = std::make_unique<Symbols>(block->image->file());
        share_out(*block, *of, lines);
    }
    return lines;
}

std::string LineProfile::text() const {
    const Lines all = lines();
    std::vector<std::pair<double, std::string>> files;
    double total = 0;
    for (const auto& [file, lines] : all) {
        double sum = 0;
        for (const auto& [number, spent] : lines) sum += spent.cycles;
        files.emplace_back(sum, file);
        total += sum;
    }
    std::sort(files.begin(), files.end(), std::greater<>{});
    std::set<fs::path> folders{"."};
    for (const auto& [key, block] : blocks_) {
        if (block->image) folders.merge(folders_above(block->image->file()));
    }
    std::string text = fmt::format("{:.0f} cycles\n", total);
    for (const auto& [sum, file] : files) {
        text += fmt::format("\n{}: {:.0f} cycles, {:.1f} %\n{:>12} {:>12} {:>6}\n", file, sum,
                            100 * sum / std::max(total, 1.0), "cycles", "instructions", "line");
        const std::vector<std::string> source = lines_of(file, folders);
        for (const auto& [number, spent] : all.at(file)) {
            const auto n = static_cast<size_t>(number);
            text += fmt::format("{:>12.0f} {:>12.0f} {:>6}  {}\n", spent.cycles, spent.instructions, number,
                                n >= 1 && n <= source.size() ? source[n - 1] : "");
        }
    }
    return text;
}

}  // namespace exysim::debug
