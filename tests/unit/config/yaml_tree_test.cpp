#include "platform/config/yaml_tree.hpp"

#include <catch2/catch.hpp>

using namespace exysim::config;

namespace {
std::shared_ptr<const SourceText> source(const std::string& text) {
    return std::make_shared<const SourceText>(SourceText{"a.yaml", text});
}
YamlNode parsed(const std::string& text) {
    Diagnostics diagnostics;
    auto root = parse_yaml(source(text), diagnostics);
    REQUIRE(root);
    return *root;
}
std::string mistake(const std::string& text) {
    Diagnostics diagnostics;
    REQUIRE_FALSE(parse_yaml(source(text), diagnostics));
    return diagnostics.all().front().text();
}
}  // namespace

TEST_CASE("yaml tree: marks count from one", "[config]") {
    const YamlNode root = parsed("run:\n  frames: 60\n");
    const YamlNode* frames = root.find("run")->find("frames");
    REQUIRE(frames);
    CHECK(frames->text == "60");
    CHECK(frames->place.line == 2);
    CHECK(frames->place.column == 11);
    CHECK(frames->place.length == 2);
}

TEST_CASE("yaml tree: quoted scalars are text, lists and maps keep their order", "[config]") {
    const YamlNode root = parsed("{b: '1', a: 1, l: [x, {y: z}], n: }");
    CHECK(root.entries[0].key == "b");
    CHECK(root.find("b")->quoted);
    CHECK_FALSE(root.find("a")->quoted);
    CHECK(root.find("l")->items[1].find("y")->text == "z");
    CHECK(root.find("n")->kind == YamlNode::Kind::null);
}

TEST_CASE("yaml tree: duplicates stay for the reader to refuse", "[config]") {
    CHECK(parsed("a: 1\na: 2\n").entries.size() == 2);
}

TEST_CASE("yaml tree: syntax errors say where", "[config]") {
    CHECK(mistake("a: [1, 2\nb: 3\n").find("a.yaml:2:") == 0);
    CHECK(mistake("a: &x 1\nb: *x\n").find("a.yaml:2:4: aliases are not used here") == 0);
    CHECK(mistake("a: 1\n---\nb: 2\n").find("a second document") != std::string::npos);
    CHECK(mistake("[1]: 2\n").find("a key must be a word") != std::string::npos);
    CHECK(mistake(std::string(10'000, '[')).find("not valid YAML") != std::string::npos);
}

TEST_CASE("yaml tree: an override replaces, extends and indexes", "[config]") {
    YamlNode root = parsed("run: {frames: 60}\npipelines: [{name: a}]\n");
    Diagnostics diagnostics;
    for (const char* option :
         {"run.frames=10", "expect.latency.p99=< 5 ms", "pipelines.0.name=b", "inputs={c: {file: d}}"})
        apply(*parse_override(option, diagnostics), root, diagnostics);
    REQUIRE(diagnostics.empty());
    CHECK(root.find("run")->find("frames")->text == "10");
    CHECK(root.find("expect")->find("latency")->find("p99")->text == "< 5 ms");
    CHECK(root.find("pipelines")->items[0].find("name")->text == "b");
    CHECK(root.find("inputs")->find("c")->find("file")->text == "d");
}

TEST_CASE("yaml tree: a value knows its place in the option", "[config]") {
    Diagnostics diagnostics;
    const auto set = parse_override("run.frames=12x", diagnostics);
    REQUIRE(set);
    diagnostics.error(set->value.place, "run.frames", "bad");
    CHECK(diagnostics.all().front().text() ==
          "--set run.frames=12x: run.frames: bad\n"
          "       | run.frames=12x\n"
          "       |            ^~~\n");
}

TEST_CASE("yaml tree: bad overrides are refused", "[config]") {
    YamlNode root = parsed("run: {frames: 60}\npipelines: [{name: a}]\n");
    for (const char* option :
         {"frames", "=3", "run..frames=3", ".=1", "run.frames.x=1", "pipelines.1.name=b", "a=[1"}) {
        INFO(option);
        Diagnostics diagnostics;
        if (const auto set = parse_override(option, diagnostics)) apply(*set, root, diagnostics);
        CHECK_FALSE(diagnostics.empty());
    }
}
