#include "models/base/guest_errors.hpp"

#include <algorithm>
#include <utility>

namespace exysim {

void GuestErrors::report(GuestError error) {
    ++total_;
    error.time = clock();
    error.pc = pc();
    const auto same = [&](const Entry& e) {
        return e.first.instance == error.instance && e.first.offset == error.offset &&
               e.first.what == error.what;
    };
    auto entry = std::find_if(entries_.begin(), entries_.end(), same);
    if (entry == entries_.end()) entry = entries_.insert(entries_.end(), Entry{std::move(error), 0});
    ++entry->count;
}

void report_register_faults(RegisterBank& bank, std::string instance, GuestErrors& log) {
    static constexpr const char* kSentence[] = {"no register at this offset", "reserved bits written as one",
                                                "write-only register read"};
    bank.on_fault([instance = std::move(instance), &log](const RegisterFault& f) {
        log.report({.instance = instance,
                    .what = kSentence[static_cast<size_t>(f.kind)],
                    .reg = {},
                    .offset = f.offset,
                    .value = f.value});
    });
}

}  // namespace exysim
