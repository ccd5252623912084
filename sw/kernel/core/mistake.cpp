#include "core/mistake.hpp"

#include <iterator>

#include "core/boot_options.hpp"
#include "core/log.hpp"

namespace kernel {

namespace {

// In the order of Mistake.
constexpr const char* kNames[] = {
    "skip_prepare",     "skip_finish",      "skip_give",        "skip_take",        "skip_alias_clean",
    "skip_table_clean", "skip_iotlb_flush", "keep_reference",   "leave_mapped",     "skip_code_sync",
    "maintain_twice",   "map_cached",       "map_uncached",     "skip_outer",       "skip_wmb",
    "clean_small",      "wrong_direction",  "skip_last_line",   "sync_mapped_only", "skip_cpu_access",
    "swap_cpu_access",  "one_flush",        "flush_first_only", "skip_map_flush",   "skip_link_clean",
    "no_override",      "drop_error",       "not_coherent"};
static_assert(std::size(kNames) == static_cast<size_t>(Mistake::kCount));

void make(Text name) {
    if (name.starts_with("program_")) return;
    for (uint32_t i = 0; i < std::size(kNames); ++i) {
        if (!(Text{kNames[i]} == name)) continue;
        mistakes_made |= 1U << i;
        log_warn("boot option mistake: %.*s", static_cast<int>(name.size), name.data);
        return;
    }
    log_warn("boot option mistake: no mistake is called '%.*s'", static_cast<int>(name.size), name.data);
}

}  // namespace

void read_mistakes() {
    for (Text rest = boot_option("mistake", ""); !rest.empty();) {
        const size_t end = rest.find(',');
        make({rest.data, end});
        rest = rest.from(end < rest.size ? end + 1 : end);
    }
}

}  // namespace kernel
