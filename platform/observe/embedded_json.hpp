// Data inside a page.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace exysim::observe {

/// The page with `data` where it says @DATA@, safe inside a script element whatever the guest has printed.
std::string page_with(std::string_view page, const nlohmann::ordered_json& data);

}  // namespace exysim::observe
