// The default of a setting as a file would state it.
#pragma once

#include <string>

#include "platform/config/section.hpp"

namespace exysim::config {

/// Setting `p` of `values` with the largest suffix that keeps it whole; empty for a text that is not given.
/// Not inlined: gcc 12 would warn of members that a structure without texts does not have.
template <class S>
[[gnu::noinline]] std::string text_of(const S& values, const Parameter<S>& p) {
    if (const auto* number = std::get_if<uint64_t S::*>(&p.member))
        return format_quantity(values.**number, p.unit);
    if (const auto* flag = std::get_if<bool S::*>(&p.member)) return values.**flag ? "true" : "false";
    return values.*std::get<std::string S::*>(p.member);
}

}  // namespace exysim::config
