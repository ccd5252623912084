// Connects the machine's probe points to a timeline.
#pragma once

#include "platform/board/machine.hpp"
#include "platform/observe/timeline.hpp"

namespace exysim::cli {

/// Everything but frames and buffers, which the frame watch tells. Both must live as long as the simulation.
void attach_timeline(board::Machine& machine, observe::Timeline& timeline);

}  // namespace exysim::cli
