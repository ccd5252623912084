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

/// Takes the comparison off the front of `text`; none means "equal".
Bound::Op take_operator(std::string_view& text) {
    Bound::Op found = Bound::Op::equal;
    for (const auto& [name, op] : kOperators) {
        if (!text.starts_with(name)) continue;
        text.remove_prefix(name.size());
        found = op;
        break;
    }
    while (text.starts_with(' ')) text.remove_prefix(1);
    return found;
}

/// `parse` turns the text behind the comparison into a Quantity.
template <class Parse>
std::optional<Bound> read_bound(const YamlNode& node, const std::string& path, Diagnostics& diagnostics,
                                Parse parse) {
    const auto text = read_text(node, path, diagnostics);
    if (!text) return {};
    Bound bound{Bound::Op::equal, 0, *text};
    std::string_view rest = *text;
    bound.op = take_operator(rest);
    const Quantity quantity = parse(rest);
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
    const auto parse = [&](std::string_view text) { return parse_quantity(text, expected.unit); };
    if (auto bound = read_bound(*node, section.path_of(key), section.diagnostics(), parse)) {
        expect.values.push_back({std::string{expected.name}, *bound, expected.unit});
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

/// Names are the program's own; the bound's suffix says its unit.
void expect_measured(Section& section, Expect& expect) {
    const YamlNode* node = section.find("measured");
    if (!node) return;
    Section measured{*node, "expect.measured", section.diagnostics()};
    for (const YamlNode::Entry& entry : node->entries) {
        measured.find(entry.key);
        Unit unit = Unit::count;
        const auto parse = [&](std::string_view text) { return parse_measurement(text, unit); };
        if (auto bound = read_bound(entry.value, measured.path_of(entry.key), section.diagnostics(), parse))
            expect.measured.push_back({entry.key, *bound, unit});
    }
    measured.finish();
}

void expect_images(Section& section, std::string_view key, const std::string& folder,
                   std::map<uint64_t, std::string>& expected) {
    const YamlNode* node = section.find(key);
    if (!node) return;
    Section images{*node, section.path_of(key), section.diagnostics()};
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
            expected[*number.value] = found;
    }
    images.finish();
}

/// `clean`, or a list of the rules that must be found broken.
void expect_sanitizer(Section& section, Expect& expect) {
    const YamlNode* node = section.find("sanitizer");
    if (!node) return;
    const std::string path = section.path_of("sanitizer");
    auto& wanted = expect.sanitizer.emplace();
    if (node->kind != YamlNode::Kind::list) {
        read_word(*node, path, "result", {"clean"}, section.diagnostics());
        return;
    }
    std::vector<std::string> names;
    for (const SharingRuleInfo& rule : sharing_rules()) names.emplace_back(rule.name);
    for (const YamlNode& item : node->items) {
        const auto name = read_word(item, path, "rule", names, section.diagnostics());
        if (name) wanted.push_back(*sharing_rule_named(*name));
    }
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
    expect_measured(section, expect);
    expect_images(section, "images", folder, expect.images);
    expect_images(section, "panel_images", folder, expect.panel_images);
    expect_sanitizer(section, expect);
    section.finish();
}

}  // namespace exysim::config
