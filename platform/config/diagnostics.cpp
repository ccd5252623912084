#include "platform/config/diagnostics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace exysim::config {

namespace {

std::string join(const std::vector<Diagnostic>& diagnostics) {
    std::string all;
    for (const Diagnostic& d : diagnostics) all += d.text();
    if (!all.empty()) all.pop_back();  // the last line end
    return all;
}

/// The blanks under the text before the caret; tabs stay tabs, so that the caret stands right below.
std::string indent_like(const std::string& line, int column) {
    std::string blanks = line.substr(0, std::min<size_t>(column - 1, line.size()));
    for (char& c : blanks) {
        if (c != '\t') c = ' ';
    }
    return blanks;
}

std::string excerpt(const Place& place) {
    const std::string line = place.source->line(place.line);
    const std::string number = place.source->is_option ? "" : std::to_string(place.line);
    const std::string tail(std::max(place.length, 1) - 1, '~');
    return fmt::format("  {:>4} | {}\n  {:>4} | {}^{}\n", number, line, "", indent_like(line, place.column),
                       tail);
}

std::string heading(const Place& place) {
    if (!place.source) return "";
    if (place.line == 0 || place.source->is_option) return place.source->name + ": ";
    return fmt::format("{}:{}:{}: ", place.source->name, place.line, place.column);
}

}  // namespace

std::string SourceText::line(int number) const {
    size_t begin = 0;
    for (int i = 1; i < number; ++i) {
        const size_t end = text.find('\n', begin);
        if (end == std::string::npos) return "";
        begin = end + 1;
    }
    std::string found = text.substr(begin, text.find('\n', begin) - begin);
    if (!found.empty() && found.back() == '\r') found.pop_back();
    return found;
}

std::string Diagnostic::text() const {
    std::string out = fmt::format("{}{}{}{}\n", heading(place), path, path.empty() ? "" : ": ", message);
    if (place.source && place.line > 0) out += excerpt(place);
    if (!hint.empty()) out += fmt::format("         {}\n", hint);
    return out;
}

ConfigError::ConfigError(std::vector<Diagnostic> diagnostics)
    : std::runtime_error{join(diagnostics)}, diagnostics_{std::move(diagnostics)} {}

void Diagnostics::error(Place place, std::string path, std::string message, std::string hint) {
    all_.push_back({std::move(place), std::move(path), std::move(message), std::move(hint)});
}

void Diagnostics::throw_if_any() const {
    if (all_.empty()) return;
    std::vector<Diagnostic> sorted = all_;
    std::stable_sort(sorted.begin(), sorted.end(), [](const Diagnostic& a, const Diagnostic& b) {
        if (a.place.source != b.place.source) return false;  // files stay in the order they were read
        return std::pair{a.place.line, a.place.column} < std::pair{b.place.line, b.place.column};
    });
    throw ConfigError{std::move(sorted)};
}

}  // namespace exysim::config
