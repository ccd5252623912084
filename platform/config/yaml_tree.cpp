#include "platform/config/yaml_tree.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <sstream>

#include "platform/config/units.hpp"

namespace exysim::config {

namespace {

/// Builds the tree from the parser's events.
class Builder : public YAML::EventHandler {
public:
    Builder(std::shared_ptr<const SourceText> source, Diagnostics& diagnostics)
        : source_{std::move(source)}, diagnostics_{diagnostics} {}

    YamlNode root;

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { add(node(YamlNode::Kind::null, mark)); }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        diagnostics_.error(place(mark), "", "aliases are not used here, write the value out");
        add(node(YamlNode::Kind::null, mark));
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  const std::string& value) override {
        YamlNode scalar = node(YamlNode::Kind::scalar, mark);
        scalar.quoted = tag == "!";
        scalar.text = value;
        scalar.place.length = static_cast<int>(value.size()) + (scalar.quoted ? 2 : 0);
        add(std::move(scalar));
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                         YAML::EmitterStyle::value) override {
        open(node(YamlNode::Kind::list, mark));
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                    YAML::EmitterStyle::value) override {
        open(node(YamlNode::Kind::map, mark));
    }
    void OnMapEnd() override { close(); }

private:
    struct Level {
        YamlNode node;
        std::optional<YamlNode> key;  // of a map: waits for its value
    };

    Place place(const YAML::Mark& mark) const { return {source_, mark.line + 1, mark.column + 1, 1}; }
    YamlNode node(YamlNode::Kind kind, const YAML::Mark& mark) const {
        YamlNode n;
        n.kind = kind;
        n.place = place(mark);
        return n;
    }
    void open(YamlNode n) { levels_.push_back({std::move(n), {}}); }
    void close() {
        YamlNode done = std::move(levels_.back().node);
        levels_.pop_back();
        add(std::move(done));
    }
    void add(YamlNode n) {
        if (levels_.empty()) {
            root = std::move(n);
        } else if (levels_.back().node.kind == YamlNode::Kind::list) {
            levels_.back().node.items.push_back(std::move(n));
        } else if (!levels_.back().key) {
            if (n.kind != YamlNode::Kind::scalar) diagnostics_.error(n.place, "", "a key must be a word");
            levels_.back().key = std::move(n);
        } else {
            YamlNode key = std::move(*levels_.back().key);
            levels_.back().key.reset();
            levels_.back().node.entries.push_back({std::move(key.text), key.place, std::move(n)});
        }
    }

    std::shared_ptr<const SourceText> source_;
    Diagnostics& diagnostics_;
    std::vector<Level> levels_;
};

/// The map or list item called `key` below `node`; makes a map entry if need be.
YamlNode* descend(YamlNode& node, const std::string& key, const Place& place, Diagnostics& diagnostics) {
    if (node.kind == YamlNode::Kind::list) {
        const Quantity index = parse_quantity(key, Unit::count);
        if (index.value && *index.value < node.items.size()) return &node.items[*index.value];
        diagnostics.error(place, "",
                          fmt::format("'{}' is not an item of a list of {}", key, node.items.size()));
        return nullptr;
    }
    if (node.kind == YamlNode::Kind::null) {
        node.kind = YamlNode::Kind::map;
        node.place = place;
    }
    if (node.kind != YamlNode::Kind::map) {
        diagnostics.error(place, "", fmt::format("'{}' cannot be set below {}", key, node.kind_name()));
        return nullptr;
    }
    if (YamlNode* found = node.find(key)) return found;
    node.entries.push_back({key, place, {}});
    return &node.entries.back().value;
}

/// Moves the places of a tree parsed from the value alone to where the value stands in the option.
void shift(YamlNode& node, const std::shared_ptr<const SourceText>& source, int columns) {
    node.place.source = source;
    if (node.place.line == 1) node.place.column += columns;
    for (YamlNode& item : node.items) shift(item, source, columns);
    for (YamlNode::Entry& entry : node.entries) {
        entry.place.source = source;
        if (entry.place.line == 1) entry.place.column += columns;
        shift(entry.value, source, columns);
    }
}

std::optional<std::vector<std::pair<std::string, Place>>> split_path(
    const std::string& path, const std::shared_ptr<const SourceText>& source) {
    std::vector<std::pair<std::string, Place>> parts;
    size_t begin = 0;
    while (true) {
        const size_t end = std::min(path.find('.', begin), path.size());
        if (end == begin) return {};
        const int length = static_cast<int>(end - begin);
        parts.push_back({path.substr(begin, end - begin), {source, 1, static_cast<int>(begin) + 1, length}});
        if (end == path.size()) return parts;
        begin = end + 1;
    }
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
    for (const Entry& e : entries) {
        if (e.key == key) return &e.value;
    }
    return nullptr;
}

YamlNode* YamlNode::find(std::string_view key) {
    return const_cast<YamlNode*>(std::as_const(*this).find(key));
}

std::string_view YamlNode::kind_name() const {
    switch (kind) {
        case Kind::null:
            return "nothing";
        case Kind::scalar:
            return "a single value";
        case Kind::list:
            return "a list";
        case Kind::map:
            return "a mapping";
    }
    return "";
}

std::optional<YamlNode> parse_yaml(const std::shared_ptr<const SourceText>& source,
                                   Diagnostics& diagnostics) {
    const size_t before = diagnostics.all().size();
    Builder builder{source, diagnostics};
    try {
        std::istringstream stream{source->text};
        YAML::Parser parser{stream};
        parser.HandleNextDocument(builder);
        Builder rest{source, diagnostics};
        if (parser.HandleNextDocument(rest)) {
            diagnostics.error(rest.root.place, "", "a second document; one file holds one");
        }
    } catch (const YAML::Exception& e) {
        diagnostics.error({source, e.mark.line + 1, e.mark.column + 1, 1}, "", "not valid YAML: " + e.msg);
    }
    if (diagnostics.all().size() != before) return {};
    return std::move(builder.root);
}

std::optional<Override> parse_override(const std::string& option, Diagnostics& diagnostics) {
    auto source = std::make_shared<const SourceText>(SourceText{"--set " + option, option, true});
    const size_t equals = option.find('=');
    const auto path =
        equals == std::string::npos ? std::nullopt : split_path(option.substr(0, equals), source);
    if (!path) {
        diagnostics.error({source, 1, 1, 1}, "", "expected PATH=VALUE such as run.frames=10");
        return {};
    }
    auto value_text = std::make_shared<const SourceText>(SourceText{"", option.substr(equals + 1), true});
    Diagnostics local;
    std::optional<YamlNode> value = parse_yaml(value_text, local);
    if (!value) {
        const Diagnostic& first = local.all().front();
        Place place{source, 1, static_cast<int>(equals) + 1 + std::max(first.place.column, 1), 1};
        diagnostics.error(place, "", first.message);
        return {};
    }
    shift(*value, source, static_cast<int>(equals) + 1);
    if (value->place.line == 0) value->place = {source, 1, static_cast<int>(equals) + 1, 1};
    return Override{source, *path, std::move(*value)};
}

void apply(const Override& override_, YamlNode& root, Diagnostics& diagnostics) {
    YamlNode* node = &root;
    for (const auto& [key, place] : override_.path) {
        node = descend(*node, key, place, diagnostics);
        if (!node) return;
    }
    *node = override_.value;
}

}  // namespace exysim::config
