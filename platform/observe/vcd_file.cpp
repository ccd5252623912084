#include "platform/observe/vcd_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace exysim::observe {

namespace {

/// Short identifiers of printable characters: "!", "\"", ... "~", "!!", ...
std::string identifier(size_t n) {
    constexpr size_t kFirst = 33, kCount = 94;
    std::string id;
    do {
        id += static_cast<char>(kFirst + n % kCount);
        n /= kCount;
    } while (n-- > 0);
    return id;
}

/// "a.b.c" as {"a", "b", "c"}.
std::vector<std::string> parts_of(const std::string& name) {
    std::vector<std::string> parts;
    for (size_t at = 0; at <= name.size();) {
        const size_t dot = std::min(name.find('.', at), name.size());
        parts.push_back(name.substr(at, dot - at));
        at = dot + 1;
    }
    return parts;
}

}  // namespace

VcdFile::VcdFile(const std::filesystem::path& file, const std::string& version, std::vector<Signal> signals)
    : name_{file}, out_{file, std::ios::binary} {
    if (!out_) throw std::runtime_error{fmt::format("{}: cannot write", file.string())};
    for (size_t n = 0; n < signals.size(); ++n) states_.push_back({identifier(n), signals[n].width});
    write_header(version, signals);
}

void VcdFile::write_header(const std::string& version, const std::vector<Signal>& signals) {
    out_ << fmt::format("$version exysim {} $end\n$timescale 1 ps $end\n", version);
    std::vector<std::string> open;  // scopes
    for (size_t n = 0; n < signals.size(); ++n) {
        std::vector<std::string> path = parts_of(signals[n].name);
        const std::string last = path.back();
        path.pop_back();
        const auto same = static_cast<size_t>(
            std::mismatch(open.begin(), open.end(), path.begin(), path.end()).first - open.begin());
        for (; open.size() > same; open.pop_back()) out_ << "$upscope $end\n";
        for (; open.size() < path.size(); open.push_back(path[open.size()]))
            out_ << fmt::format("$scope module {} $end\n", path[open.size()]);
        const unsigned width = signals[n].width;
        out_ << fmt::format("$var wire {} {} {}{} $end\n", width, states_[n].id, last,
                            width == 1 ? "" : fmt::format(" [{}:0]", width - 1));
    }
    for (; !open.empty(); open.pop_back()) out_ << "$upscope $end\n";
    out_ << "$enddefinitions $end\n#0\n$dumpvars\n";
    for (const State& state : states_) write_value(state);
    out_ << "$end\n";
}

void VcdFile::write_value(const State& state) {
    if (state.width == 1) {
        out_ << (state.value & 1 ? '1' : '0') << state.id << '\n';
    } else {
        out_ << fmt::format("b{:b} {}\n", state.value, state.id);
    }
}

void VcdFile::put(const Change& change) {
    waiting_.push(change);
    latest_ = std::max(latest_, change.at);
    while (waiting_.size() > kMostWaiting || waiting_.top().at + kHold < latest_) write_moment();
}

/// All changes of the first moment that waits: a signal that has come back to its value has not changed.
void VcdFile::write_moment() {
    const Picoseconds at = waiting_.top().at;
    while (!waiting_.empty() && waiting_.top().at == at) {
        const Change& change = waiting_.top();
        State& state = states_[change.signal];
        const uint64_t mask = state.width == 64 ? ~uint64_t{0} : (uint64_t{1} << state.width) - 1;
        state.value = (change.absolute ? change.value : state.value + change.value) & mask;
        if (!std::exchange(state.touched, true)) touched_.push_back(change.signal);
        if (at < written_) ++late_;
        waiting_.pop();
    }
    bool stamped = false;
    for (const size_t n : touched_) {
        State& state = states_[n];
        state.touched = false;
        if (state.value == state.written) continue;
        if (!std::exchange(stamped, true) && at > written_) out_ << '#' << at << '\n';
        state.written = state.value;
        write_value(state);
    }
    touched_.clear();
    if (stamped) written_ = std::max(written_, at);
}

void VcdFile::close(Picoseconds end) {
    while (!waiting_.empty()) write_moment();
    if (late_ > 0)
        out_ << fmt::format("$comment {} changes were known too late and stand after their time $end\n",
                            late_);
    if (end > written_) out_ << '#' << end << '\n';
    if (!out_.flush()) throw std::runtime_error{fmt::format("{}: cannot be written", name_.string())};
}

}  // namespace exysim::observe
