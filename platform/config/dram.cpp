#include "platform/config/dram.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "platform/config/nearest.hpp"

namespace exysim::config {

namespace {

constexpr const char* kDefaultPreset = "ddr3-800";
constexpr std::string_view kPolicies[] = {"open", "closed", "adaptive"};
const std::string kPath = "ram.controller";

std::vector<std::string> preset_names() {
    std::vector<std::string> names;
    for (const dram::Preset& p : dram::presets()) names.emplace_back(p.name);
    return names;
}

/// "13.75 ns" in picoseconds; nothing if it is no time with a unit.
std::optional<uint64_t> picoseconds(std::string text) {
    // The units' reader keeps whole nanoseconds: one unit up, the same digits count picoseconds.
    if (text.ends_with("ns")) {
        text.replace(text.size() - 2, 2, "us");
    } else if (text.ends_with("us")) {
        text.replace(text.size() - 2, 2, "ms");
    } else {
        return {};
    }
    return parse_quantity(text, Unit::nanoseconds).value;
}

class Reader {
public:
    Reader(dram::ControllerConfig& made, Diagnostics& diagnostics) : made_{made}, diagnostics_{diagnostics} {}

    void read(const YamlNode& node) {
        Section section{node, kPath, diagnostics_};
        preset(section);
        clock(section);
        if (const YamlNode* timing = section.find("timing")) read_timing(*timing);
        if (const YamlNode* geometry = section.find("geometry")) {
            Section s{*geometry, kPath + ".geometry", diagnostics_};
            for (const auto& row : dram::geometry_rows()) number(s, row, made_.geometry);
            s.finish();
        }
        if (const YamlNode* map = section.find("map")) read_map(*map);
        if (const YamlNode* scheduling = section.find("scheduling")) read_scheduling(*scheduling);
        section.finish();
    }

private:
    void preset(Section& section) {
        const YamlNode* node = section.find("preset");
        if (!node) return;
        const auto name = read_word(*node, kPath + ".preset", "preset", preset_names(), diagnostics_);
        if (!name) return;
        made_.timing = dram::preset(*name)->timing;
        made_.geometry = dram::preset(*name)->geometry;
        made_.currents = dram::preset(*name)->currents;
    }
    void clock(Section& section) {
        const YamlNode* node = section.find("clock");
        if (!node) return;
        const auto hz =
            read_number(*node, kPath + ".clock", Unit::hertz, {100'000'000, 1'600'000'000}, diagnostics_);
        if (hz) made_.timing.tck_ps = static_cast<uint32_t>((1'000'000'000'000 + *hz / 2) / *hz);
    }
    template <class Row, class S>
    void number(Section& section, const Row& row, S& object) {
        const YamlNode* node = section.find(row.key);
        if (!node) return;
        const auto value =
            read_number(*node, section.path_of(row.key), Unit::count, {row.least, row.most}, diagnostics_);
        if (value) object.*row.member = static_cast<uint32_t>(*value);
    }
    void read_timing(const YamlNode& node) {
        Section section{node, kPath + ".timing", diagnostics_};
        for (const dram::TimingRow& row : dram::timing_rows()) {
            const YamlNode* value = section.find(row.key);
            if (!value) continue;
            const auto ps = value->kind == YamlNode::Kind::scalar ? picoseconds(value->text) : std::nullopt;
            if (!ps) {
                number(section, row, made_.timing);
                continue;
            }
            const uint64_t clocks = (*ps + made_.timing.tck_ps - 1) / made_.timing.tck_ps;
            if (clocks < row.least || clocks > row.most) {
                diagnostics_.error(value->place, section.path_of(row.key),
                                   fmt::format("{} is {} clocks, expected {} to {}", value->text, clocks,
                                               row.least, row.most));
            } else {
                made_.timing.*row.member = static_cast<uint32_t>(clocks);
            }
        }
        section.finish();
    }
    void read_map(const YamlNode& node) {
        Section section{node, kPath + ".map", diagnostics_};
        if (const YamlNode* order = section.find("order")) {
            if (auto text = read_text(*order, section.path_of("order"), diagnostics_))
                made_.mapping.order = *text;
        }
        if (const YamlNode* hash = section.find("bank_hash")) {
            if (auto flag = read_bool(*hash, section.path_of("bank_hash"), diagnostics_))
                made_.mapping.bank_hash = *flag;
        }
        if (const YamlNode* bits = section.find("channel_bits")) read_channel_bits(*bits);
        section.finish();
    }
    void read_channel_bits(const YamlNode& node) {
        const std::string path = kPath + ".map.channel_bits";
        if (node.kind != YamlNode::Kind::list) {
            diagnostics_.error(node.place, path,
                               fmt::format("is {}, expected a list of address bits", node.kind_name()),
                               "for example [7, 21]; [] if channels follow each other");
            return;
        }
        made_.mapping.channel_bits.clear();
        for (const YamlNode& item : node.items) {
            if (const auto bit = read_number(item, path, Unit::count, {0, 35}, diagnostics_))
                made_.mapping.channel_bits.push_back(static_cast<uint32_t>(*bit));
        }
    }
    void read_scheduling(const YamlNode& node) {
        Section section{node, kPath + ".scheduling", diagnostics_};
        for (const auto& row : dram::scheduling_rows()) number(section, row, made_.scheduling);
        if (const YamlNode* policy = section.find("page_policy")) {
            const std::vector<std::string> names{std::begin(kPolicies), std::end(kPolicies)};
            const auto name =
                read_word(*policy, section.path_of("page_policy"), "page policy", names, diagnostics_);
            const auto found = std::find(std::begin(kPolicies), std::end(kPolicies), name.value_or("open"));
            made_.scheduling.page_policy = static_cast<dram::PagePolicy>(found - std::begin(kPolicies));
        }
        section.finish();
    }

    dram::ControllerConfig& made_;
    Diagnostics& diagnostics_;
};

/// The most telling place for a mistake in `section`.`key`.
Place place_of(const YamlNode* node, const Place& otherwise, std::string_view section, std::string_view key) {
    if (!node) return otherwise;
    const YamlNode* in = node->find(section);
    if (!in) {
        const YamlNode* preset = node->find("preset");
        return preset ? preset->place : node->place;
    }
    const YamlNode* value = in->find(key);
    return value ? value->place : in->place;
}

void check(const YamlNode* node, const Place& otherwise, const dram::ControllerConfig& made,
           uint64_t ram_size, Diagnostics& diagnostics) {
    const auto report = [&](const char* section, const std::vector<dram::Contradiction>& found) {
        for (const dram::Contradiction& c : found)
            diagnostics.error(place_of(node, otherwise, section, c.key),
                              fmt::format("{}.{}.{}", kPath, section, c.key), c.message);
        return found.empty();
    };
    report("timing", contradictions(made.timing));
    report("scheduling", contradictions(made.scheduling));
    if (!report("geometry", contradictions(made.geometry, made.timing))) return;
    report("map", contradictions(made.mapping, made.geometry, made.timing));
    if (made.geometry.bytes() < ram_size) {
        diagnostics.error(place_of(node, otherwise, "geometry", ""), kPath + ".geometry",
                          fmt::format("holds {}, less than ram.size of {}",
                                      format_quantity(made.geometry.bytes(), Unit::bytes),
                                      format_quantity(ram_size, Unit::bytes)),
                          "add ranks or row bits");
    }
}

}  // namespace

dram::ControllerConfig usual_controller() {
    const dram::Preset& usual = *dram::preset(kDefaultPreset);
    return {.timing = usual.timing, .geometry = usual.geometry, .mapping = {}, .scheduling = {}};
}

dram::ControllerConfig read_controller(const YamlNode* node, const Place& otherwise, uint64_t ram_size,
                                       Diagnostics& diagnostics) {
    dram::ControllerConfig made = usual_controller();
    const size_t before = diagnostics.all().size();
    if (node) Reader{made, diagnostics}.read(*node);
    if (diagnostics.all().size() == before) check(node, otherwise, made, ram_size, diagnostics);
    return made;
}

std::vector<ControllerSetting> controller_settings() {
    std::vector<ControllerSetting> all{
        {kPath + ".preset", list_of(preset_names()), kDefaultPreset, "devices that the rest may change"},
        {kPath + ".clock", "100 MHz to 1.6 GHz", "the preset's", "memory clock; data move on both edges"}};
    for (const auto& row : dram::timing_rows())
        all.push_back({fmt::format("{}.timing.{}", kPath, row.key),
                       fmt::format("{} to {} clocks, or ns", row.least, row.most), "the preset's",
                       std::string{row.meaning}});
    for (const auto& row : dram::geometry_rows())
        all.push_back({fmt::format("{}.geometry.{}", kPath, row.key),
                       fmt::format("{} to {}", row.least, row.most), "the preset's",
                       std::string{row.meaning}});
    all.push_back({kPath + ".map.order", "text", dram::Mapping{}.order, "address fields from the top down"});
    all.push_back({kPath + ".map.channel_bits", "list", "[7, 21]", "address bits whose XOR is the channel"});
    all.push_back(
        {kPath + ".map.bank_hash", "true or false", "false", "XOR the bank with the row's low bits"});
    all.push_back(
        {kPath + ".scheduling.page_policy", "open, closed, adaptive", "open", "when rows are closed"});
    const dram::Scheduling usual;
    for (const auto& row : dram::scheduling_rows())
        all.push_back({fmt::format("{}.scheduling.{}", kPath, row.key),
                       fmt::format("{} to {}", row.least, row.most), std::to_string(usual.*row.member),
                       std::string{row.meaning}});
    return all;
}

}  // namespace exysim::config
