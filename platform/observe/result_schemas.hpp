// JSON schemas of the files in a results folder.
#pragma once

#include <span>
#include <string_view>

namespace exysim::observe {

struct ResultSchema {
    std::string_view name;  ///< "stats" for stats.json
    std::string_view text;  ///< draft 7
};
std::span<const ResultSchema> result_schemas();

}  // namespace exysim::observe
