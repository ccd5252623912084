#include "platform/cli/code_watch.hpp"

#include <fmt/format.h>

#include <fstream>
#include <stdexcept>

#include "platform/config/diagnostics.hpp"
#include "platform/config/units.hpp"

namespace exysim::cli {

namespace {

constexpr uint64_t kMostInstructions = 10'000'000;

/// "0xc0008000", "12.5 ms", "kernel_main".
std::optional<debug::TraceMoment> moment_of(const std::string& option, const std::string& text,
                                            const debug::CodeImages& images) {
    if (text.empty()) return {};
    const config::Quantity address = config::parse_quantity(text, config::Unit::count);
    if (address.value && *address.value <= UINT32_MAX)
        return debug::TraceMoment{static_cast<uint32_t>(*address.value), {}};
    const config::Quantity time = config::parse_quantity(text, config::Unit::nanoseconds);
    if (time.value) return debug::TraceMoment{{}, *time.value * 1000};
    if (const auto function = images.address_of(text)) return debug::TraceMoment{function, {}};
    throw config::ConfigError{
        fmt::format("{}: '{}' is no address, no time and no function of the guest's programs", option, text)};
}

}  // namespace

void add_trace_options(po::options_description& options) {
    options.add_options()(
        "trace-exec", po::value<std::string>()->value_name("FILE"),
        "write every instruction that is executed, with its time, disassembly and function")  //
        ("trace-from", po::value<std::string>()->value_name("WHEN"),
         "... from the first time at this address or function, or from this time on")     //
        ("trace-to", po::value<std::string>()->value_name("WHEN"), "... and until then")  //
        ("trace-most", po::value<std::string>()->value_name("N"),
         "... but not more than so many instructions (10 000 000)");
}

std::optional<TraceRequest> trace_request(const po::variables_map& values) {
    TraceRequest request{value_or<std::string>(values, "trace-exec", ""),
                         value_or<std::string>(values, "trace-from", ""),
                         value_or<std::string>(values, "trace-to", ""), kMostInstructions};
    if (values.count("trace-most"))
        request.most =
            parse_number_option("--trace-most", values["trace-most"].as<std::string>(), UINT64_MAX);
    if (!request.file.empty()) return request;
    if (values.count("trace-from") || values.count("trace-to") || values.count("trace-most"))
        throw config::ConfigError{"--trace-from, --trace-to and --trace-most need --trace-exec FILE"};
    return {};
}

struct CodeWatch::Tracer : cpu::BlockWatcher {
    Tracer(debug::ExecTrace& to, const cpu::CpuCluster& cluster, unsigned number)
        : trace{to}, cpu{cluster}, index{number} {}

    void entered(const cpu::Core& core, uint64_t cycles, uint64_t instructions) override {
        if (trace.ended()) return;
        const cpu::Block& block = cpu::block_of(core.running);
        trace.entered(
            index,
            {block.key.va.value, block.key.thumb, {block.code.get(), block.bytes}, cpu.time_of(cycles)},
            instructions);
    }

    debug::ExecTrace& trace;
    const cpu::CpuCluster& cpu;
    unsigned index;
};

struct CodeWatch::LineWatcher : cpu::BlockWatcher {
    LineWatcher(debug::LineProfile& to, unsigned number) : lines{to}, index{number} {}

    void entered(const cpu::Core& core, uint64_t cycles, uint64_t instructions) override {
        const cpu::Block& block = cpu::block_of(core.running);
        const bool user = !core.privileged();
        lines.entered(index, {block.key.va.value, block.key.thumb, {block.code.get(), block.bytes}, 0},
                      user ? core.system.ttbr0 : 0, cycles, instructions);
    }

    debug::LineProfile& lines;
    unsigned index;
};

CodeWatch::CodeWatch(cpu::CpuCluster& cpu, const CodeRequest& request, const MakeImages& images)
    : cpu_{cpu}, watchers_{cpu} {
    if (request.profile) profile_.emplace(cpu, watchers_, images());
    if (request.lines) attach_lines(images());
    if (request.trace) attach_trace(*request.trace, images());
}

/// Time between two turns of a core passed without it.
void CodeWatch::attach_lines(debug::CodeImages images) {
    lines_.emplace(std::move(images), views_of(cpu_));
    for (unsigned core = 0; core < cpu_.count(); ++core) {
        line_watchers_.push_back(std::make_unique<LineWatcher>(*lines_, core));
        watchers_.add(core, *line_watchers_.back());
    }
    turns_.emplace(cpu_,
                   [this](unsigned core, uint64_t from, uint64_t to) { lines_->idle(core, to - from); });
}

void CodeWatch::attach_trace(const TraceRequest& request, debug::CodeImages images) {
    const debug::TraceBounds bounds{moment_of("--trace-from", request.from, images),
                                    moment_of("--trace-to", request.to, images), request.most};
    try {
        trace_.emplace(request.file, bounds, std::move(images), views_of(cpu_));
    } catch (const std::runtime_error& problem) {
        throw config::ConfigError{fmt::format("--trace-exec {}", problem.what())};
    }
    for (unsigned core = 0; core < cpu_.count(); ++core) {
        tracers_.push_back(std::make_unique<Tracer>(*trace_, cpu_, core));
        watchers_.add(core, *tracers_.back());
    }
}

CodeWatch::~CodeWatch() = default;

void CodeWatch::close() {
    if (profile_) profile_->close();
    for (unsigned n = 0; n < cpu_.count(); ++n) {
        const cpu::Core& core = cpu_.debug_core(n);
        if (trace_) trace_->close(n, core.instructions);
        if (lines_) lines_->close(n, turns_->last_cycle(n), core.instructions);
    }
}

void add_profile_option(po::options_description& options) {
    options.add_options()(
        "profile", po::value<std::string>()->value_name("PREFIX"),
        "write PREFIX.folded and PREFIX.json: the CPU's cycles, by function and call stack; "
        "and PREFIX.lines: by source line");
}

void write_profiles(const CodeWatch& watch, const std::string& prefix) {
    if (prefix.empty()) return;
    const auto write = [&](const char* suffix, const std::string& text) {
        std::ofstream out{prefix + suffix};
        out << text;
        if (!out.flush()) throw config::ConfigError{fmt::format("--profile {}: cannot be written", prefix)};
    };
    if (watch.profile()) {
        write(".folded", watch.profile()->folded());
        write(".json", watch.profile()->json());
    }
    if (watch.lines()) write(".lines", watch.lines()->text());
}

}  // namespace exysim::cli
