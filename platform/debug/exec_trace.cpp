#include "platform/debug/exec_trace.hpp"

#include <fmt/format.h>

#include <span>
#include <stdexcept>

namespace exysim::debug {

ExecTrace::ExecTrace(const std::string& file, const TraceBounds& bounds, CodeImages images,
                     std::vector<ReadWord> views)
    : out_{file},
      bounds_{bounds},
      images_{std::move(images)},
      views_{std::move(views)},
      pending_(views_.size()),
      begun_{!bounds.from} {
    if (!out_) throw std::runtime_error{fmt::format("{}: cannot be written", file)};
}

void ExecTrace::entered(unsigned core, const TracedBlock& block, uint64_t executed) {
    if (ended_) return;
    close(core, executed);
    Pending& next = pending_[core];
    next.address = block.address;
    next.thumb = block.thumb;
    next.code.assign(block.code.begin(), block.code.end());
    next.time_ps = block.time_ps;
    next.executed = executed;
}

void ExecTrace::close(unsigned core, uint64_t executed) {
    Pending& last = pending_[core];
    if (!last.code.empty()) write(core, last, executed - last.executed);
    last.code.clear();
}

bool ExecTrace::reached(const std::optional<TraceMoment>& moment, uint32_t address, uint64_t time_ps) const {
    if (!moment) return false;
    return moment->address == address || (moment->time_ps && time_ps >= *moment->time_ps);
}

void ExecTrace::write(unsigned core, const Pending& block, uint64_t count) {
    uint32_t offset = 0;
    for (uint64_t i = 0; i < count && offset + 2 <= block.code.size() && !ended_; ++i) {
        const uint32_t address = block.address + offset;
        begun_ = begun_ || reached(bounds_.from, address, block.time_ps);
        ended_ = begun_ && (reached(bounds_.to, address, block.time_ps) || written_ >= bounds_.most);
        const auto code = std::span{block.code}.subspan(offset);
        if (begun_ && !ended_) write_line(core, block, offset, disassembler_.at(address, block.thumb, code));
        offset += Disassembler::length(block.thumb, code);
    }
    if (ended_) out_.flush();
}

void ExecTrace::write_line(unsigned core, const Pending& block, uint32_t offset,
                           const Disassembled& instruction) {
    const uint32_t address = block.address + offset;
    std::string bytes;
    for (uint32_t i = instruction.bytes; i-- > 0;)
        bytes += fmt::format("{:02x}", offset + i < block.code.size() ? block.code[offset + i] : 0);
    const CodeImage* image = images_.owner(address, views_[core]);
    const Function* function = image ? image->functions().find(address) : nullptr;
    const std::string where =
        function ? fmt::format("{}:{}+{:#x}", image->name(), function->name, address - function->begin) : "";
    out_ << fmt::format("{:>14.3f} {} {:08x} {:<8} {:<40} {}\n", static_cast<double>(block.time_ps) / 1000,
                        core, address, bytes, instruction.text, where);
    ++written_;
}

}  // namespace exysim::debug
