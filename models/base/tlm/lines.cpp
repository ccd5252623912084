#include "models/base/tlm/lines.hpp"

namespace exysim {

void watch_lines(sc_core::sc_vector<LineIn>& lines, const std::function<void(size_t, bool)>& changed) {
    for (size_t i = 0; i < lines.size(); ++i) {
        if (!lines[i].connected()) continue;
        auto* const line = lines[i].operator->();
        sc_core::sc_spawn_options options;
        options.spawn_method();
        options.set_sensitivity(&line->value_changed_event());
        sc_core::sc_spawn([changed, i, line] { changed(i, line->read()); }, nullptr, &options);
    }
}

}  // namespace exysim
