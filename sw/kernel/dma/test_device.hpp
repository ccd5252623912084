// /dev/dma-test (sw/uapi/exysim/dma_test.h).
#pragma once

#include "core/result.hpp"

namespace kernel {

Result<> dma_test_init();

}  // namespace kernel
