// The default of a setting as a file would state it.
#pragma once

#include <string>

#include "platform/config/section.hpp"

namespace exysim::config {

/// With the largest suffix that keeps it whole; empty for a text that is not given.
template <class S>
std::string default_text(const Parameter<S>& p) {
    static const S defaults{};
    std::string text;
    if (const auto* number = std::get_if<uint64_t S::*>(&p.member)) {
        text = format_quantity(defaults.**number, p.unit);
    } else if (const auto* flag = std::get_if<bool S::*>(&p.member)) {
        text = defaults.**flag ? "true" : "false";
    } else {
        text = defaults.*std::get<std::string S::*>(p.member);
    }
    return text;
}

}  // namespace exysim::config
