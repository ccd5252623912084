// V4L2's outputs on the display pipe, one a layer.
#pragma once

#include "core/result.hpp"

namespace kernel {

/// Makes the pipe's video nodes, if the machine has a pipe; after the drivers are bound. Errors: kNoMem.
Result<> mixer_output_init();

}  // namespace kernel
