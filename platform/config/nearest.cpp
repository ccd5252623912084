#include "platform/config/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace exysim::config {

namespace {
bool same_letter(char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
}
}  // namespace

size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::vector<size_t>> d(a.size() + 1, std::vector<size_t>(b.size() + 1));
    for (size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
    for (size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
    for (size_t i = 1; i <= a.size(); ++i) {
        for (size_t j = 1; j <= b.size(); ++j) {
            const size_t replace = d[i - 1][j - 1] + (same_letter(a[i - 1], b[j - 1]) ? 0 : 1);
            d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, replace});
            const bool swapped =
                i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) && same_letter(a[i - 2], b[j - 1]);
            if (swapped) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[a.size()][b.size()];
}

std::string nearest(std::string_view word, const std::vector<std::string>& names) {
    constexpr size_t kLongestWord = 64;  // nobody mistypes a name into more
    if (word.size() > kLongestWord) return {};
    std::string best;
    size_t best_distance = std::max<size_t>(word.size() / 3, 1) + 1;
    for (const std::string& name : names) {
        const size_t distance = edit_distance(word, name);
        if (distance >= best_distance || distance >= name.size()) continue;
        best = name;
        best_distance = distance;
    }
    return best;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& names) {
    const std::string name = nearest(word, names);
    return name.empty() ? "" : fmt::format("did you mean '{}'?", name);
}

std::string list_of(const std::vector<std::string>& names) {
    return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace exysim::config
