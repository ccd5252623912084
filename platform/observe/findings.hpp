// What to look at first: what went wrong or took longest, each with its cause, worst first.
#pragma once

#include <string>
#include <vector>

#include "models/base/statistics.hpp"
#include "platform/observe/frame_chain.hpp"
#include "platform/observe/frame_tracker.hpp"

namespace exysim::observe {

struct Finding {
    std::string what;      ///< "mixer0: 11 pictures spoilt"
    std::string cause;     ///< one of the causes' names: "memory's port", "application"
    std::string sentence;  ///< the cause in words, with its share
};

/// Pictures that memory spoilt, then frames that were lost for want of a buffer, then the longest wait of
/// delivered ones. A master's bursts are blamed on the largest part of their time; waiting for one's own
/// bursts to complete is a consequence and not counted. Empty for a run without frames or trouble.
std::vector<Finding> find_causes(const FrameTracker& tracker, const FrameChains& chains,
                                 const Statistics& statistics);

/// For summary.txt, a line each; empty without findings.
std::string findings_text(const std::vector<Finding>& findings);

}  // namespace exysim::observe
