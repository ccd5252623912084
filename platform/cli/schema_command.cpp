// JSON schemas: of scenario and platform files, made from the tables that read them, for a YAML editor that
// completes and checks; and of results.
#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "platform/cli/commands.hpp"
#include "platform/config/default_text.hpp"
#include "platform/config/diagnostics.hpp"
#include "platform/config/dram.hpp"
#include "platform/config/nearest.hpp"
#include "platform/config/scenario.hpp"
#include "platform/observe/result_schemas.hpp"

namespace exysim::cli {

namespace {

using config::Parameter;
using config::Unit;
using Json = nlohmann::ordered_json;

/// Suffixes a number may carry, as a regular expression; empty = none.
std::string_view suffixes(Unit unit) {
    switch (unit) {
        case Unit::count:
            return "";
        case Unit::bytes:
            return "( ?(B|kB|MB|GB|KiB|MiB|GiB))?";
        case Unit::hertz:
            return "( ?(Hz|kHz|MHz|GHz))?";
        case Unit::nanoseconds:
            return "( ?(ns|us|ms|s|min))?";  // only zero goes without; the program says so
        case Unit::percent:
            return " ?%";
        case Unit::degrees:
            return "( ?deg)?";
        case Unit::bandwidth:
            return " ?(B|kB|MB|GB|KiB|MiB|GiB)/s";
    }
    return "";
}

constexpr std::string_view kNumber = "(0x[0-9a-fA-F_]+|[0-9][0-9_]*(\\.[0-9]+)?)";

/// A number as people write it: a plain one, or text with a suffix.
Json number(Unit unit, std::string_view prefix = "") {
    return {{"type", {"integer", "string"}},
            {"pattern", fmt::format("^{}{}{}$", prefix, kNumber, suffixes(unit))}};
}

/// Words that YAML may take for numbers ("3.1") or truth values ("off") are allowed as such too.
Json choice(std::string_view choices) {
    Json list = Json::array();
    for (const std::string& word : config::words(choices)) {
        list.push_back(word);
        const Json as_number = Json::parse(word, nullptr, false);
        if (as_number.is_number()) list.push_back(as_number);
        if (word == "off" || word == "on") list.push_back(word == "on");
    }
    return {{"enum", list}};
}

template <class S>
Json property(const Parameter<S>& p, const S& defaults) {
    const std::string otherwise = config::text_of(defaults, p);
    Json made;
    if (std::holds_alternative<uint64_t S::*>(p.member)) {
        made = number(p.unit);
    } else if (std::holds_alternative<bool S::*>(p.member)) {
        made = {{"type", "boolean"}};
    } else {
        made = p.choices.empty() ? Json{{"type", {"string", "number"}}} : choice(p.choices);
    }
    if (!p.required && !otherwise.empty()) made["default"] = otherwise;
    made["description"] = p.meaning;
    return made;
}

/// One mapping of a file: what the tables say, and nothing else.
class Mapping {
public:
    explicit Mapping(std::string_view description) {
        made_ = {{"type", "object"}, {"description", description}, {"properties", Json::object()}};
    }
    template <class S>
    Mapping& rows(std::span<const Parameter<S>> table, const S& defaults = S{}) {
        for (const Parameter<S>& p : table) {
            made_["properties"][std::string{p.key}] = property(p, defaults);
            if (p.required) made_["required"].push_back(p.key);
        }
        return *this;
    }
    Mapping& add(const std::string& key, Json what) {
        made_["properties"][key] = std::move(what);
        return *this;
    }
    Mapping& require(const std::string& key) {
        made_["required"].push_back(key);
        return *this;
    }
    Json closed() {
        made_["additionalProperties"] = false;
        return made_;
    }
    Json open() const { return made_; }

private:
    Json made_;
};

/// A mapping of names to values of one kind.
Json named(std::string_view description, Json values) {
    return {{"type", "object"}, {"description", description}, {"additionalProperties", std::move(values)}};
}

const Json kSize{
    {"type", "string"}, {"pattern", "^[0-9]+x[0-9]+$"}, {"description", "width x height, pixels"}};

/// ram.controller: its paths come as "ram.controller.timing.trcd".
Json controller() {
    Mapping whole{"banks and rows of the memory controller"};
    std::map<std::string, Mapping> parts;
    for (const config::ControllerSetting& s : config::controller_settings()) {
        const std::string path = s.path.substr(std::string_view{"ram.controller."}.size());
        const size_t dot = path.find('.');
        const Json what{
            {"description", fmt::format("{} ({}; default {})", s.meaning, s.values, s.otherwise)}};
        if (dot == std::string::npos) {
            whole.add(path, what);
        } else {
            parts.try_emplace(path.substr(0, dot), "").first->second.add(path.substr(dot + 1), what);
        }
    }
    for (auto& [key, part] : parts) whole.add(key, part.closed());
    return whole.closed();
}

Json devices() {
    Mapping made{"devices the machine has; those that are not named are left out"};
    for (const config::Device& d : config::devices()) {
        if (!d.optional) continue;
        Json device = Mapping{d.what}
                          .rows(config::platform_device_parameters())
                          .rows(config::platform_device_parameters(d.name))
                          .closed();
        device["type"] = {"object", "null"};
        made.add(std::string{d.name}, device);
    }
    return made.closed();
}

Json bus() {
    Mapping masters{"what each master may do in mode timing"};
    for (const auto& [name, master] : config::bus_masters())
        masters.add(name, Mapping{"a master"}.rows(config::bus_master_parameters(), master).closed());
    return Mapping{"the interconnect"}
        .rows(config::bus_parameters())
        .add("memory", Mapping{"the memory controllers' port"}
                           .rows(config::bus_memory_parameters(), config::Bus{}.memory)
                           .closed())
        .add("masters", masters.closed())
        .closed();
}

Json platform() {
    return Mapping{"a machine"}
        .rows(config::platform_parameters())
        .add("timing",
             Mapping{"how far parts of the machine run ahead"}.rows(config::timing_parameters()).closed())
        .add("cpu", Mapping{"the cores"}.rows(config::cpu_parameters()).closed())
        .add("l1", Mapping{"level-1 caches"}.rows(config::l1_parameters()).closed())
        .add("l2", Mapping{"the level-2 cache"}.rows(config::l2_parameters()).closed())
        .add("store_buffer", Mapping{"buffered stores"}.rows(config::store_buffer_parameters()).closed())
        .add("ram", Mapping{"memory"}.rows(config::ram_parameters()).add("controller", controller()).closed())
        .add("bus", bus())
        .add("power", Mapping{"clock gates and power domains"}.rows(config::power_parameters()).closed())
        .add("acp", {{"type", "array"},
                     {"items", {{"type", "string"}}},
                     {"description",
                      "devices whose DMA goes through the accelerator coherency port; dma-coherent in the "
                      "device tree"}})
        .add("devices", devices())
        .closed();
}

Json expectations() {
    constexpr std::string_view kBound = "(<=|>=|<|>|=)? ?";
    Mapping whole{"what a run must find; a run that does not ends with status 1"};
    Mapping latency{"sensor's first pixel to first line on the screen"};
    for (const config::ExpectedValue& e : config::expected_values()) {
        Json bound = number(e.unit, kBound);
        bound["description"] = e.meaning;
        const size_t dot = e.name.find('.');
        if (dot == std::string_view::npos) {
            whole.add(std::string{e.name}, bound);
        } else {
            latency.add(std::string{e.name.substr(dot + 1)}, bound);
        }
    }
    whole.add("latency", latency.open());
    Json measured{{"type", {"integer", "string"}},
                  {"pattern", fmt::format("^{}{}( ?[A-Za-z/%]+)?$", kBound, kNumber)}};
    whole.add("measured", named("what the program measures, by the names it prints", std::move(measured)));
    Json rules = Json::array();
    for (const config::SharingRuleInfo& rule : config::sharing_rules()) rules.push_back(rule.name);
    whole.add("sanitizer",
              {{"description", "clean, or the rules of sharing memory that must be found broken"},
               {"oneOf", {Json{{"const", "clean"}}, Json{{"type", "array"}, {"items", {{"enum", rules}}}}}}});
    const auto images = [](const char* meaning) {
        return Json{{"type", "object"},
                    {"description", meaning},
                    {"patternProperties", {{"^[0-9]+$", {{"type", "string"}}}}},
                    {"additionalProperties", false}};
    };
    whole.add("images", images("delivered frame, counted from 0 -> PNG file it must equal"));
    whole.add("panel_images", images("picture on the panel, counted from 0 -> PNG file it must equal"));
    return whole.open();
}

Json program() {
    const Json texts{{"type", "array"}, {"items", {{"type", {"string", "number"}}}}};
    return Mapping{"a program on the built-in kernel instead of pipelines"}
        .rows(config::program_parameters())
        .add("arguments", texts)
        .add("environment", texts)
        .closed();
}

Json scenario() {
    const Json input =
        Mapping{"what a sensor sees"}.rows(config::input_parameters()).add("size", kSize).closed();
    const Json buffer = Mapping{"a set of buffers"}
                            .rows(config::buffer_parameters())
                            .add("size", kSize)
                            .require("size")
                            .closed();
    const Json source = Mapping{"the camera"}.rows(config::source_parameters()).closed();
    const Json stage = Mapping{"what is done to a frame on its way"}
                           .rows(config::stage_parameters())
                           .add("source", source)
                           .add("size", kSize)
                           .closed();
    const Json pipeline = Mapping{"where frames come from and go"}
                              .add("name", {{"type", "string"}, {"description", "name in reports"}})
                              .add("source", source)
                              .add("stages", {{"type", "array"}, {"items", stage}})
                              .add("sink", Mapping{"the display"}.rows(config::sink_parameters()).closed())
                              .closed();
    return Mapping{"a run: a machine and what it does"}
        .add("scenario", {{"type", "string"}, {"description", "name of the scenario in reports"}})
        .add("platform", {{"type", "string"}, {"description", "platform file, from this file's folder"}})
        .require("scenario")
        .require("platform")
        .add("run", Mapping{"how long, and what is kept"}.rows(config::run_parameters()).closed())
        .add("inputs", named("what sensors see, by name", input))
        .add("buffers", named("sets of buffers, by name", buffer))
        .add("pipelines", {{"type", "array"}, {"items", pipeline}})
        .add("program", program())
        .add("expect", expectations())
        .add("guest",
             Mapping{"software instead of the built-in stack"}.rows(config::guest_parameters()).closed())
        .closed();
}

Json whole() {
    return {{"$schema", "http://json-schema.org/draft-07/schema#"},
            {"title", "exysim scenario or platform"},
            {"type", "object"},
            {"if", {{"required", Json::array({"scenario"})}}},
            {"then", {{"$ref", "#/definitions/scenario"}}},
            {"else", {{"$ref", "#/definitions/platform"}}},
            {"definitions", {{"scenario", scenario()}, {"platform", platform()}}}};
}

std::string schema_of(const std::string& what) {
    constexpr const char* kConfig = "config";
    if (what == kConfig) return whole().dump(2) + "\n";
    std::vector<std::string> names{kConfig};
    for (const observe::ResultSchema& schema : observe::result_schemas()) {
        if (schema.name == what) return std::string{schema.text};
        names.emplace_back(schema.name);
    }
    const std::string hint = config::suggestion(what, names);
    throw config::ConfigError{fmt::format("schema: nothing is called '{}', expected one of {}{}{}", what,
                                          fmt::join(names, ", "), hint.empty() ? "" : "; ", hint)};
}

}  // namespace

int schema_command(const Arguments& arguments) {
    po::options_description options{"options"}, all;
    options.add_options()("help,h", "show this");
    all.add(options).add_options()("of", po::value<std::string>()->default_value("config"));
    const po::variables_map values = parse(arguments, all, "of");
    fmt::print("{}", values.count("help") ? help_text("schema", options)
                                          : schema_of(values["of"].as<std::string>()));
    return kSuccess;
}

}  // namespace exysim::cli
