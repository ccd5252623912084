// The built-in guest stack as the loader wants it.
#pragma once

#include <string>
#include <vector>

#include "platform/board/loader.hpp"

namespace exysim::cli {

/// A file of the host for the guest's initial file system.
struct GuestFile {
    std::string host, guest;
    bool executable = false;
};

/// HOST[:GUEST] of `--file`; without GUEST the same path. Throws ConfigError unless GUEST is absolute.
GuestFile parse_guest_file(const std::string& option);

/// The built-in kernel with an archive of init, `files`, and everything in the folder `root` (unless empty),
/// which keeps its names, links and execute permissions. Where both have a name, `files` wins. Throws
/// ConfigError for what cannot be read.
board::Boot builtin_boot(const std::string& guest_dir, PhysRange ram, const std::vector<GuestFile>& files,
                         const std::string& root = {});

/// What process 1 is to start: `path` in the guest with its last part as argv[0], and a search path before
/// `environment`.
board::ExecCommand guest_command(const std::string& path, const std::vector<std::string>& arguments,
                                 const std::vector<std::string>& environment);
/// Where a program of the host is put in the guest.
std::string guest_place(const std::string& program);

}  // namespace exysim::cli
