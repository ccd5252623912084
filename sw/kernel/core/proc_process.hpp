// /proc itself and its folders of processes: /proc/<pid> and /proc/self.
#pragma once

#include "core/vfs.hpp"

namespace kernel {

/// A folder like any other that also has one for each process and `self` (a folder, not a link, so that it
/// means the process that looks).
Result<Ref<Inode>> make_proc_directory();
/// Takes a file out of /proc again, for drivers that fail after they made it; programs cannot. Nothing
/// happens to one that is not there.
void remove_proc_file(Text name);

}  // namespace kernel
