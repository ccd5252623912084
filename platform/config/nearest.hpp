// The name that somebody probably meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace exysim::config {

/// Edits (insert, delete, replace, swap neighbours) that turn `a` into `b`: Damerau-Levenshtein, optimal
/// string alignment. Letters that differ only in case cost nothing.
size_t edit_distance(std::string_view a, std::string_view b);

/// The name in `names` closest to `word`, or empty when none is close (more than a third of it is wrong).
std::string nearest(std::string_view word, const std::vector<std::string>& names);

/// "did you mean 'x'?" or empty.
std::string suggestion(std::string_view word, const std::vector<std::string>& names);

/// "a, b, c".
std::string list_of(const std::vector<std::string>& names);

}  // namespace exysim::config
