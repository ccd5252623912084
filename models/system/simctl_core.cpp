#include "models/system/simctl_core.hpp"

namespace exysim::system {

bool EventRecord::well_formed() const {
    const bool known = kind >= static_cast<uint32_t>(EventKind::task_name) &&
                       kind <= static_cast<uint32_t>(EventKind::program);
    return known && size == sizeof(EventRecord);
}

}  // namespace exysim::system
