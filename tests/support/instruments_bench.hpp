// Where a model under test counts and complains.
#pragma once

#include "models/base/guest_errors.hpp"
#include "models/base/statistics.hpp"

namespace exysim::test {

struct InstrumentsBench {
    Statistics statistics;
    GuestErrors guest_errors;
    Instruments instruments{statistics, guest_errors};
};

}  // namespace exysim::test
