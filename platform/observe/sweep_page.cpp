#include "platform/observe/sweep_page.hpp"

#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "platform/observe/embedded_json.hpp"
#include "platform/observe/html_template.hpp"

namespace exysim::observe {

namespace {

using Json = nlohmann::ordered_json;

std::optional<RunResult::Value> value_of(const SweepRow& row, const std::string& name) {
    const auto found = row.result.statistics.find(name);
    if (found == row.result.statistics.end()) return {};
    return found->second;
}

/// Names of statistics that are not the same in all runs that have a result.
std::vector<std::string> differing(const std::vector<SweepRow>& rows) {
    std::set<std::string> names;
    for (const SweepRow& row : rows) {
        for (const auto& [name, value] : row.result.statistics) names.insert(name);
    }
    std::erase_if(names, [&](const std::string& name) {
        const SweepRow* first = nullptr;
        for (const SweepRow& row : rows) {
            if (row.result.statistics.empty()) continue;
            if (first == nullptr) first = &row;
            if (value_of(row, name) != value_of(*first, name)) return false;
        }
        return true;
    });
    return {names.begin(), names.end()};
}

Json metrics_of(const std::vector<SweepRow>& rows) {
    Json list = Json::array();
    for (const std::string& name : differing(rows)) {
        Json values = Json::array();
        std::string unit;
        for (const SweepRow& row : rows) {
            const auto value = value_of(row, name);
            if (value) unit = value->unit;
            values.push_back(value ? Json(value->value) : Json());
        }
        list.push_back({{"name", name}, {"unit", unit}, {"values", values}});
    }
    return list;
}

}  // namespace

void write_sweep_page(const std::filesystem::path& file, const std::string& title,
                      const std::vector<SweepRow>& rows) {
    Json runs = Json::array();
    for (const SweepRow& row : rows) {
        Json settings = Json::object();
        for (const auto& [path, value] : row.settings) settings[path] = value;
        runs.push_back({{"id", row.id}, {"status", row.status}, {"settings", settings}});
    }
    const Json data{{"title", title}, {"runs", runs}, {"metrics", metrics_of(rows)}};
    std::ofstream{file} << page_with(kSweepTemplate, data);
}

}  // namespace exysim::observe
