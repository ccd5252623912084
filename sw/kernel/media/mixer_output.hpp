// V4L2's output on the display pipe.
#pragma once

#include "core/result.hpp"

namespace kernel {

/// Makes the pipe's video node, if the machine has a pipe; after the drivers are bound. Errors: kNoMem.
Result<> mixer_output_init();

}  // namespace kernel
