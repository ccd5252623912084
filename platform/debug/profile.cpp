#include "platform/debug/profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace exysim::debug {

namespace {

constexpr unsigned kFp = 11, kSp = 13, kPc = 15;
constexpr size_t kMostCalls = 1024;  // of one address space
constexpr int kProfileSchema = 1;

struct CountRow {
    const char* name;
    uint64_t ProfileCounts::*member;
};
constexpr CountRow kCounts[] = {
    {"cycles", &ProfileCounts::cycles},
    {"instructions", &ProfileCounts::instructions},
    {"issue", &ProfileCounts::issue},
    {"branch", &ProfileCounts::branch},
    {"data_misses", &ProfileCounts::data_misses},
    {"code_misses", &ProfileCounts::code_misses},
    {"tlb_misses", &ProfileCounts::tlb_misses},
};

}  // namespace

ProfileCounts& ProfileCounts::operator+=(const ProfileCounts& o) {
    for (const CountRow& row : kCounts) this->*row.member += o.*row.member;
    return *this;
}

ProfileCounts operator-(ProfileCounts a, const ProfileCounts& b) {
    for (const CountRow& row : kCounts) a.*row.member -= b.*row.member;
    return a;
}

uint32_t Profile::name(const std::string& text) {
    const auto [found, fresh] = ids_.try_emplace(text, static_cast<uint32_t>(names_.size()));
    if (fresh) names_.push_back(text);
    return found->second;
}

uint32_t Profile::name_of(const Function& function) {
    const auto [found, fresh] = function_names_.try_emplace(&function, 0);
    if (fresh) {
        std::string text = function.name;
        std::replace(text.begin(), text.end(), ';', ',');  // the separator of stacks
        found->second = name(text);
    }
    return found->second;
}

uint32_t Profile::child(uint32_t parent, uint32_t name) {
    const auto [found, fresh] = children_.try_emplace({parent, name}, static_cast<uint32_t>(nodes_.size()));
    if (fresh) nodes_.push_back({parent, name, {}});
    return found->second;
}

Profile::Profile(CodeImages images, std::vector<ReadWord> views) : images_{std::move(images)} {
    nodes_.push_back({0, name("before the first instruction"), {}});
    for (ReadWord& view : views) tracks_.push_back({std::move(view), {}, 0, {}, 0});
}

void Profile::charge(Track& track, const ProfileCounts& now) {
    ProfileCounts passed = now - track.last;
    passed.issue = std::min(track.issued, passed.cycles);  // a block that an exception cut short took less
    passed.branch = std::min(passed.branch, passed.cycles - passed.issue);
    nodes_[track.node].counts += passed;
    track.last = now;
}

/// In the function, at the stack depth and in the program of the block before: the same stack.
bool Profile::same_place(const Place& place, const CoreState& state) {
    const uint32_t pc = state.registers[kPc];
    const Function* f = place.function;
    return f && pc > f->begin && pc < f->end && state.registers[kFp] == place.fp &&
           state.user == place.user && state.address_space == place.address_space;
}

uint32_t Profile::find_node(Track& track, const CoreState& state) {
    const uint32_t pc = state.registers[kPc];
    Place& place = track.place;
    place = {nullptr, images_.owner(pc, track.read), state.registers[kFp], state.address_space, state.user};
    if (!place.image)
        return child(child(0, name(state.user ? "unknown program" : "unknown kernel code")),
                     name(fmt::format("{:#010x}", pc & ~0xFFFU)));
    place.function = place.image->functions().find(pc);
    calls_.clear();
    const bool complete = walk_stack(images_, *place.image, state.registers, track.read, calls_);
    const Frame& outermost = calls_.back();
    uint32_t node = outer_node(state, *outermost.image, *outermost.function, complete);
    for (auto at = std::next(calls_.rbegin()); at != calls_.rend(); ++at)
        node = child(node, name_of(*at->function));
    if (state.user && pc == place.function->begin) remember_call(state, *place.function, node);
    return node;
}

/// The outermost function of a stack; where the tables do not say who called it, as it was called when that
/// was seen.
uint32_t Profile::outer_node(const CoreState& state, const CodeImage& image, const Function& outermost,
                             bool complete) {
    const uint32_t sp = state.registers[kSp];
    const auto seen = seen_calls_.find(state.address_space);
    if (!complete && seen != seen_calls_.end()) {
        const auto& calls = seen->second;
        const auto call = std::find_if(calls.rbegin(), calls.rend(),
                                       [&](const Call& c) { return c.function == &outermost && c.sp >= sp; });
        if (call != calls.rend()) return call->node;
    }
    return child(child(0, name(image.name())), name_of(outermost));
}

/// Calls below it on the same stack have returned.
void Profile::remember_call(const CoreState& state, const Function& function, uint32_t node) {
    constexpr uint32_t kStackBytes = 1 << 20;
    const uint32_t sp = state.registers[kSp];
    std::vector<Call>& calls = seen_calls_[state.address_space];
    std::erase_if(calls, [&](const Call& c) { return c.sp < sp && sp - c.sp < kStackBytes; });
    calls.push_back({sp, &function, node});
    if (calls.size() > kMostCalls) calls.erase(calls.begin());
}

void Profile::entered(unsigned core, const ProfileCounts& now, uint32_t issue, const CoreState& state) {
    Track& track = tracks_[core];
    charge(track, now);
    track.issued = issue;
    if (!same_place(track.place, state)) track.node = find_node(track, state);
}

uint64_t Profile::cycles() const {
    uint64_t sum = 0;
    for (const Node& node : nodes_) sum += node.counts.cycles;
    return sum;
}

std::string Profile::path(uint32_t node) const {
    const std::string& own = names_[nodes_[node].name];
    return nodes_[node].parent == 0 ? own : path(nodes_[node].parent) + ";" + own;
}

std::string Profile::folded() const {
    std::vector<std::string> lines;
    for (uint32_t node = 0; node < nodes_.size(); ++node) {
        if (nodes_[node].counts.cycles != 0)
            lines.push_back(fmt::format("{} {}\n", path(node), nodes_[node].counts.cycles));
    }
    std::sort(lines.begin(), lines.end());
    std::string text;
    for (const std::string& line : lines) text += line;
    return text;
}

std::string Profile::json() const {
    struct Sum {
        ProfileCounts self;
        uint64_t total = 0;
    };
    std::map<std::pair<std::string, std::string>, Sum> functions;  // by image and name
    for (uint32_t at = 1; at < nodes_.size(); ++at) {
        const ProfileCounts& counts = nodes_[at].counts;
        std::set<uint32_t> seen;  // one that calls itself counts once
        std::vector<uint32_t> upwards;
        for (uint32_t n = at; n != 0; n = nodes_[n].parent) upwards.push_back(nodes_[n].name);
        const std::string& image = names_[upwards.back()];
        upwards.pop_back();
        if (upwards.empty()) continue;
        functions[{image, names_[upwards.front()]}].self += counts;
        for (const uint32_t n : upwards) {
            if (seen.insert(n).second) functions[{image, names_[n]}].total += counts.cycles;
        }
    }
    std::vector<std::pair<std::pair<std::string, std::string>, Sum>> rows{functions.begin(), functions.end()};
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
        return a.second.self.cycles > b.second.self.cycles;
    });
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const auto& [who, sum] : rows) {
        nlohmann::ordered_json row{{"image", who.first}, {"name", who.second}, {"total_cycles", sum.total}};
        for (const CountRow& count : kCounts) row[count.name] = sum.self.*count.member;
        row["memory"] = sum.self.memory();
        list.push_back(std::move(row));
    }
    return nlohmann::ordered_json{{"schema", kProfileSchema}, {"functions", list}}.dump(1) + "\n";
}

}  // namespace exysim::debug
