// Pipes.
#pragma once

#include "core/file.hpp"

namespace kernel {

struct PipeEnds {
    Ref<File> reader, writer;
};
/// Errors: kNoMem.
Result<PipeEnds> create_pipe(bool nonblocking);

}  // namespace kernel
