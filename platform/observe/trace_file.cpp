#include "platform/observe/trace_file.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <stdexcept>

namespace exysim::observe {

namespace {

std::string json_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7E) {
            out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
        } else {
            out += c;
        }
    }
    return out + '"';
}

/// Exact: a picosecond is the sixth place.
std::string microseconds(Picoseconds ps) { return fmt::format("{}.{:06}", ps / 1'000'000, ps % 1'000'000); }

std::string facts_text(const TraceFile::Facts& facts) {
    if (facts.empty()) return "";
    std::string text;
    for (const auto& [name, value] : facts)
        text += fmt::format("{}{}:{}", text.empty() ? "" : ",", json_string(name), json_string(value));
    return ",\"args\":{" + text + "}";
}

std::string place(TraceFile::Track at) { return fmt::format("\"pid\":{},\"tid\":{}", at.group, at.row); }

}  // namespace

struct TraceFile::Gzip {
    gzFile file = nullptr;
    void write(const std::string& text) { gzwrite(file, text.data(), static_cast<unsigned>(text.size())); }
};

TraceFile::TraceFile(const std::filesystem::path& file) : out_{std::make_unique<Gzip>()} {
    out_->file = gzopen(file.c_str(), "wb3");
    if (!out_->file) throw std::runtime_error{fmt::format("{}: cannot write", file.string())};
    out_->write("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n");
}

TraceFile::~TraceFile() { close(); }

void TraceFile::close() {
    if (!out_->file) return;
    out_->write("\n]}\n");
    gzclose(out_->file);
    out_->file = nullptr;
}

void TraceFile::event(const std::string& fields) {
    if (!out_->file) return;
    out_->write(fmt::format("{}{{{}}}", std::exchange(first_, false) ? "" : ",\n", fields));
}

uint32_t TraceFile::group(const std::string& name) {
    const auto [found, fresh] = groups_.try_emplace(name, static_cast<uint32_t>(groups_.size() + 1));
    if (fresh) {
        event(fmt::format(R"("ph":"M","name":"process_name","pid":{},"args":{{"name":{}}})", found->second,
                          json_string(name)));
        event(fmt::format(R"("ph":"M","name":"process_sort_index","pid":{0},"args":{{"sort_index":{0}}})",
                          found->second));
    }
    return found->second;
}

TraceFile::Track TraceFile::track(const std::string& group_name, const std::string& name) {
    const uint32_t pid = group(group_name);
    const auto [found, fresh] = rows_.try_emplace({pid, name}, static_cast<uint32_t>(rows_.size() + 1));
    const Track made{pid, found->second};
    if (fresh) {
        event(fmt::format(R"("ph":"M","name":"thread_name",{},"args":{{"name":{}}})", place(made),
                          json_string(name)));
        event(fmt::format(R"("ph":"M","name":"thread_sort_index",{},"args":{{"sort_index":{}}})", place(made),
                          made.row));
    }
    return made;
}

void TraceFile::slice(Track at, std::string_view name, Picoseconds begin, Picoseconds end,
                      const Facts& facts) {
    event(fmt::format(R"("ph":"X","name":{},{},"ts":{},"dur":{}{})", json_string(name), place(at),
                      microseconds(begin), microseconds(end - begin), facts_text(facts)));
}

void TraceFile::instant(Track at, std::string_view name, Picoseconds time, const Facts& facts) {
    event(fmt::format(R"("ph":"i","s":"t","name":{},{},"ts":{}{})", json_string(name), place(at),
                      microseconds(time), facts_text(facts)));
}

void TraceFile::counter(const std::string& group_name, const std::string& name, Picoseconds time,
                        double value) {
    event(fmt::format(R"("ph":"C","name":{},"pid":{},"ts":{},"args":{{"value":{}}})", json_string(name),
                      group(group_name), microseconds(time), value));
}

void TraceFile::flow(Flow kind, Track at, std::string_view category, std::string_view name, uint64_t id,
                     Picoseconds time) {
    event(fmt::format(R"("ph":"{}","bp":"e","cat":{},"name":{},"id":{},{},"ts":{})", static_cast<char>(kind),
                      json_string(category), json_string(name), id, place(at), microseconds(time)));
}

TraceFile::Track Lanes::free_track(Picoseconds begin, Picoseconds end) {
    size_t lane = 0;
    while (lane < ends_.size() && ends_[lane] > begin) ++lane;
    if (lane == ends_.size()) ends_.push_back(0);
    ends_[lane] = end;
    return trace_.track(group_, lane == 0 ? name_ : fmt::format("{} {}", name_, lane + 1));
}

}  // namespace exysim::observe
