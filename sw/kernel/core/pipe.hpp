// Pipes, with and without a name.
#pragma once

#include "core/vfs.hpp"

namespace kernel {

struct PipeEnds {
    Ref<File> reader, writer;
};
/// Errors: kNoMem.
Result<PipeEnds> create_pipe(bool nonblocking);
/// For mkfifo(). Errors: kNoMem.
Result<Ref<Inode>> make_fifo();

}  // namespace kernel
