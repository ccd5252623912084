#include "platform/observe/embedded_json.hpp"

namespace exysim::observe {

std::string page_with(std::string_view page, const nlohmann::ordered_json& data) {
    constexpr std::string_view kPlace = "@DATA@";
    std::string text = data.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    for (size_t at = 0; (at = text.find("</", at)) != std::string::npos; at += 3) text.replace(at, 2, "<\\/");
    for (size_t at = 0; (at = text.find("<!--", at)) != std::string::npos;) text.replace(at, 4, "<\\u0021--");
    std::string whole{page};
    return whole.replace(whole.find(kPlace), kPlace.size(), text);
}

}  // namespace exysim::observe
