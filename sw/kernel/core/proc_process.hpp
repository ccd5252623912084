// /proc itself and its folders of processes: /proc/<pid> and /proc/self.
#pragma once

#include "core/vfs.hpp"

namespace kernel {

/// A folder like any other that also has one for each process and `self` (a folder, not a link, so that it
/// means the process that looks).
Result<Ref<Inode>> make_proc_directory();

}  // namespace kernel
