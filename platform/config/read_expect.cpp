#include "platform/config/scenario_reading.hpp"

#include <fmt/format.h>

namespace exysim::config {

namespace {

// clang-format off
constexpr struct { std::string_view text; Bound::Op op; } kOperators[] = {  // longer ones first
    {"<=", Bound::Op::less_equal}, {">=", Bound::Op::greater_equal},
    {"<", Bound::Op::less}, {">", Bound::Op::greater}, {"=", Bound::Op::equal},
};
// clang-format on

std::optional<Bound> read_bound(const YamlNode& node, const std::string& path, Unit unit,
                                Diagnostics& diagnostics) {
    const auto text = read_text(node, path, diagnostics);
    if (!text) return {};
    Bound bound{Bound::Op::equal, 0, *text};
    std::string_view rest = *text;
    for (const auto& [name, op] : kOperators) {
        if (!rest.starts_with(name)) continue;
        rest.remove_prefix(name.size());
        bound.op = op;
        break;
    }
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    const Quantity quantity = parse_quantity(rest, unit);
    if (!quantity.value) {
        diagnostics.error(node.place, path, quantity.problem, quantity.hint);
        return {};
    }
    bound.value = *quantity.value;
    return bound;
}

void expect_value(Section& section, std::string_view key, const ExpectedValue& expected, Expect& expect) {
    const YamlNode* node = section.find(key);
    if (!node) return;
    if (auto bound = read_bound(*node, section.path_of(key), expected.unit, section.diagnostics())) {
        expect.values.push_back({std::string{expected.name}, *bound});
    }
}

/// Rows called `prefix` + key are read from `section`.
void expect_values(Section& section, std::string_view prefix, Expect& expect) {
    for (const ExpectedValue& row : expected_values()) {
        if (!row.name.starts_with(prefix)) continue;
        const std::string_view key = row.name.substr(prefix.size());
        if (key.find('.') == std::string_view::npos) expect_value(section, key, row, expect);
    }
}

void expect_images(Section& section, const std::string& folder, Expect& expect) {
    const YamlNode* node = section.find("images");
    if (!node) return;
    Section images{*node, "expect.images", section.diagnostics()};
    for (const YamlNode::Entry& entry : node->entries) {
        images.find(entry.key);
        const std::string path = images.path_of(entry.key);
        const Quantity number = parse_quantity(entry.key, Unit::count);
        if (!number.value)
            section.diagnostics().error(entry.place, path, "expected a frame number, counted from 0");
        const auto file = read_text(entry.value, path, section.diagnostics());
        if (!file || !number.value) continue;
        const std::string found = found_from(folder, *file);
        if (expect_file(entry.value, path, found, "picture", section.diagnostics()))
            expect.images[*number.value] = found;
    }
    images.finish();
}

}  // namespace

void read_expect(Section& file, const std::string& folder, Expect& expect) {
    const YamlNode* node = file.find("expect");
    if (!node) return;
    Section section{*node, "expect", file.diagnostics()};
    expect_values(section, "", expect);
    if (const YamlNode* latency = section.find("latency")) {
        Section values{*latency, "expect.latency", file.diagnostics()};
        expect_values(values, "latency.", expect);
        values.finish();
    }
    expect_images(section, folder, expect);
    if (section.find("sanitizer")) {
        file.diagnostics().error(section.place_of("sanitizer"), "expect.sanitizer",
                                 "the sanitizer is not available in mode 'fast': it has no caches to watch");
    }
    section.finish();
}

}  // namespace exysim::config
