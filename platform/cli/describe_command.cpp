#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "platform/cli/commands.hpp"
#include "platform/cli/describe_machine.hpp"
#include "platform/cli/places.hpp"
#include "platform/config/default_text.hpp"
#include "platform/config/dram.hpp"
#include "platform/config/load.hpp"
#include "platform/config/nearest.hpp"
#include "platform/config/scenario.hpp"

namespace exysim::cli {

namespace {

using config::Parameter;

/// One printed line.
struct Row {
    std::string path, type, otherwise, meaning;
};

template <class S>
Row row_of(const std::string& prefix, const Parameter<S>& p, const S& defaults) {
    Row row{prefix + std::string{p.key}, "text", "", std::string{p.meaning}};
    if (const auto* number = std::get_if<uint64_t S::*>(&p.member)) {
        row.type = config::format_quantity(p.range.least, p.unit) + " to " +
                   config::format_quantity(p.range.most, p.unit);
    } else if (std::holds_alternative<bool S::*>(p.member)) {
        row.type = "true or false";
    } else if (!p.choices.empty()) {
        row.type = config::list_of(config::words(p.choices));
    }
    row.otherwise = p.required ? "(required)" : config::text_of(defaults, p);
    return row;
}

template <class S>
void add(std::vector<Row>& rows, const std::string& prefix, std::span<const Parameter<S>> table,
         const S& defaults = S{}) {
    for (const Parameter<S>& p : table) rows.push_back(row_of(prefix, p, defaults));
}

/// The settings of a master whose port is not like the others'.
void add_unusual(std::vector<Row>& rows, const std::string& prefix, const config::BusMaster& master) {
    const config::BusMaster usual;
    for (const Parameter<config::BusMaster>& p : config::bus_master_parameters()) {
        const auto number = std::get<uint64_t config::BusMaster::*>(p.member);
        if (master.*number != usual.*number) rows.push_back(row_of(prefix, p, master));
    }
}

std::vector<Row> platform_rows() {
    std::vector<Row> rows;
    add(rows, "", config::platform_parameters());
    add(rows, "timing.", config::timing_parameters());
    add(rows, "cpu.", config::cpu_parameters());
    add(rows, "l1.", config::l1_parameters());
    add(rows, "l2.", config::l2_parameters());
    add(rows, "store_buffer.", config::store_buffer_parameters());
    add(rows, "ram.", config::ram_parameters());
    for (const config::ControllerSetting& s : config::controller_settings())
        rows.push_back({s.path, s.values, s.otherwise, s.meaning});
    add(rows, "bus.", config::bus_parameters());
    add(rows, "bus.memory.", config::bus_memory_parameters(), config::Bus{}.memory);
    add(rows, "bus.masters.NAME.", config::bus_master_parameters());
    for (const auto& [name, master] : config::bus_masters())
        add_unusual(rows, "bus.masters." + name + ".", master);
    add(rows, "power.", config::power_parameters());
    add(rows, "devices.NAME.", config::platform_device_parameters());
    add(rows, "devices.g2d.", config::platform_device_parameters("g2d"));
    add(rows, "devices.mixer0.", config::platform_device_parameters("mixer0"));
    return rows;
}

std::vector<Row> scenario_rows() {
    std::vector<Row> rows{{"scenario", "text", "(required)", "name of the scenario in reports"},
                          {"platform", "file", "(required)", "platform, from the scenario's folder"}};
    add(rows, "run.", config::run_parameters());
    add(rows, "inputs.NAME.", config::input_parameters());
    rows.push_back(
        {"inputs.NAME.size", "WIDTHxHEIGHT", "the buffers'", "size of a pattern; a file has its own"});
    add(rows, "buffers.NAME.", config::buffer_parameters());
    rows.push_back({"buffers.NAME.size", "WIDTHxHEIGHT", "(required)", "picture in the buffers"});
    rows.push_back({"pipelines.N.name", "text", "pipelineN", "name in reports"});
    add(rows, "pipelines.N.source.", config::source_parameters());
    add(rows, "pipelines.N.stages.N.", config::stage_parameters());
    rows.push_back(
        {"pipelines.N.stages.N.source", "source", "", "of inset: the second camera, as the pipeline's"});
    rows.push_back(
        {"pipelines.N.stages.N.size", "WIDTHxHEIGHT", "", "of inset: its picture in the first one's"});
    add(rows, "pipelines.N.sink.", config::sink_parameters());
    add(rows, "program.", config::program_parameters());
    rows.push_back({"program.arguments", "list of texts", "", "its arguments"});
    rows.push_back({"program.environment", "list of NAME=VALUE", "", "its environment"});
    for (const config::ExpectedValue& e : config::expected_values()) {
        rows.push_back({fmt::format("expect.{}", e.name), "bound", "", std::string{e.meaning}});
    }
    rows.push_back({"expect.measured.NAME", "bound", "", "what the program measures, in the unit it prints"});
    rows.push_back({"expect.sanitizer", "clean or list", "",
                    "what the sanitizer must find: nothing, or each of the rules of the list"});
    for (const config::SharingRuleInfo& rule : config::sharing_rules())
        rows.push_back(
            {fmt::format("expect.sanitizer: {}", rule.name), "rule", "", std::string{rule.meaning}});
    rows.push_back({"expect.images.N", "PNG file", "", "delivered frame N, from 0, must equal this picture"});
    rows.push_back({"expect.panel_images.N", "PNG file", "",
                    "the panel's Nth picture that differs from the one before, from 0, must equal this one"});
    add(rows, "guest.", config::guest_parameters());
    return rows;
}

void print(const char* title, const std::vector<Row>& rows, const std::string& prefix) {
    bool titled = false;
    for (const Row& row : rows) {
        if (!row.path.starts_with(prefix)) continue;
        if (!titled) fmt::print("{}\n", title);
        titled = true;
        fmt::print("  {:<26} {:<28} {:<14} {}\n", row.path, row.type, row.otherwise, row.meaning);
    }
}

void print_vocabulary() {
    fmt::print("devices\n");
    for (const config::Device& d : config::devices()) fmt::print("  {:<26} {}\n", d.name, d.what);
    fmt::print("formats\n");
    for (const config::PixelFormat& f : config::pixel_formats())
        fmt::print("  {:<26} {}\n", f.name, f.meaning);
    fmt::print("display modes\n");
    for (const config::DisplayMode& m : config::display_modes())
        fmt::print("  {:<26} {}x{}, {} Hz\n", m.name, m.width, m.height, m.hertz);
    fmt::print("patterns\n  {}\n", fmt::join(config::patterns(), ", "));
}

using Json = nlohmann::ordered_json;

Json json_of(const std::vector<Row>& rows) {
    Json list = Json::array();
    for (const Row& r : rows)
        list.push_back(
            {{"path", r.path}, {"values", r.type}, {"default", r.otherwise}, {"meaning", r.meaning}});
    return list;
}

/// Rows of `list` whose name begins with `prefix`.
Json beginning(const Json& list, const std::string& prefix) {
    Json some = Json::array();
    for (const Json& row : list) {
        if (row.at("name").get<std::string>().starts_with(prefix)) some.push_back(row);
    }
    return some;
}

void print_statistics(const Json& list) {
    for (const Json& row : list)
        fmt::print("  {:<44} {:<8} {}\n", row.at("name").get<std::string>(),
                   row.at("unit").get<std::string>(), row.at("sentence").get<std::string>());
}

void print_devices(const Json& list) {
    for (const Json& row : list) {
        const Json& line = row.at("interrupt");
        fmt::print("  {:<14} {:#010x} {:>9} bytes  {:<14} {}\n", row.at("name").get<std::string>(),
                   row.at("base").get<uint32_t>(), row.at("size").get<uint64_t>(),
                   line.is_null() ? "" : fmt::format("interrupt {}", line.get<uint32_t>()),
                   row.at("what").get<std::string>());
    }
}

void print_signals(const Json& list) {
    for (const Json& row : list)
        fmt::print("  {:<32} {:>2} bit{} {} {}\n", row.at("name").get<std::string>(),
                   row.at("bits").get<unsigned>(), row.at("bits") == 1 ? " " : "s",
                   row.at("usual").get<bool>() ? " " : "+", row.at("sentence").get<std::string>());
}

void print_registers(const Json& list) {
    for (const Json& row : list) {
        const auto count = row.at("count").get<uint32_t>();
        const std::string many =
            count == 1 ? "" : fmt::format(" x {}, {} bytes apart", count, row.at("stride").get<uint32_t>());
        fmt::print("{} +{:#06x}{} reset {:#010x}: {}\n", row.at("name").get<std::string>(),
                   row.at("offset").get<uint32_t>(), many, row.at("reset").get<uint32_t>(),
                   row.at("sentence").get<std::string>());
        for (const Json& f : row.at("fields"))
            fmt::print("    {:>5}  {:<20} {:<4} {:#x}\n", f.at("bits").get<std::string>(),
                       f.at("name").get<std::string>(), f.at("access").get<std::string>(),
                       f.at("reset").get<uint32_t>());
    }
}

struct MachineListing {
    const char* option;
    Json MachineFacts::*list;
    void (*print)(const Json&);
};
constexpr MachineListing kListings[] = {{"statistics", &MachineFacts::statistics, print_statistics},
                                        {"devices", &MachineFacts::devices, print_devices},
                                        {"registers", &MachineFacts::registers, print_registers},
                                        {"signals", &MachineFacts::signals, print_signals}};

/// Which of them was asked for; null for the settings of files.
const MachineListing* listing_of(const po::variables_map& values) {
    const auto* found = std::find_if(std::begin(kListings), std::end(kListings),
                                     [&](const MachineListing& l) { return values.count(l.option) != 0; });
    return found == std::end(kListings) ? nullptr : found;
}

/// What a machine has, beside the settings of files.
int describe_machine(const MachineListing& listing, const po::variables_map& values,
                     const std::string& prefix) {
    const std::string file = platform_file(value_or<std::string>(values, "platform", ""));
    const MachineFacts facts = facts_of_machine(config::load_platform(file, {}).platform);
    const Json list = beginning(facts.*listing.list, prefix);
    if (values.count("json")) {
        fmt::print("{}\n", list.dump(2));
    } else {
        listing.print(list);
    }
    return kSuccess;
}

}  // namespace

int describe_command(const Arguments& arguments) {
    po::options_description options{"options"};
    options.add_options()("help,h", "show this")                                                 //
        ("statistics", "what a machine counts, instead of what files may set")                   //
        ("devices", "the blocks of a machine, their addresses and interrupts")                   //
        ("registers", "the registers of a machine's blocks: BLOCK.NAME, fields, access, reset")  //
        ("signals", "what 'exysim run --vcd' can write; +: only if --vcd-signals asks for it")   //
        ("platform", po::value<std::string>()->value_name("P"), "which machine (exynos4210)")    //
        ("json", "for programs");
    po::options_description all;
    all.add(options).add_options()("prefix", po::value<std::string>());
    const po::variables_map values = parse(arguments, all, "prefix");
    if (values.count("help")) {
        fmt::print("{}", help_text("describe", options));
        return kSuccess;
    }
    const std::string prefix = value_or<std::string>(values, "prefix", "");
    if (const MachineListing* listing = listing_of(values)) return describe_machine(*listing, values, prefix);
    if (values.count("json")) {
        fmt::print(
            "{}\n",
            Json{{"platform", json_of(platform_rows())}, {"scenario", json_of(scenario_rows())}}.dump(2));
        return kSuccess;
    }
    print("platform file: setting, values, default, meaning", platform_rows(), prefix);
    print("scenario file: setting, values, default, meaning", scenario_rows(), prefix);
    if (prefix.empty()) print_vocabulary();
    return kSuccess;
}

}  // namespace exysim::cli
