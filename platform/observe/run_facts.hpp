// What a run was and how it ended, as JSON: what the other results do not say.
#pragma once

#include <string>
#include <vector>

#include "models/base/address.hpp"
#include "models/base/guest_errors.hpp"
#include "platform/observe/expectations.hpp"
#include "platform/observe/findings.hpp"

namespace exysim::observe {

struct RunFacts {
    std::string scenario, platform, mode, ending;
    bool good = false;  ///< ended as it should, and everything expected was found
    Picoseconds simulated = 0;
    const std::vector<Verdict>* verdicts = nullptr;
    const GuestErrors* errors = nullptr;
    std::vector<Finding> findings;  ///< what to look at first
    std::string crash;              ///< why the guest could not go on, or empty
};

/// `{schema, scenario, platform, mode, ending, good, simulated_ps, verdicts, guest_errors, findings, crash}`.
std::string run_json(const RunFacts& facts);

/// For build servers that read JUnit's format: a test case a verdict, and one for how the run ended.
std::string junit_xml(const RunFacts& facts);

}  // namespace exysim::observe
