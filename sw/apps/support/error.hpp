// Errors of the applications: one sentence for the person who reads the console.
#pragma once

#include <stdexcept>
#include <string>

namespace apps {

/// What failed, on which file, and why. main() prints it and returns 1.
struct Error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// `what` failed on `where` with the current errno: "/dev/video0: VIDIOC_S_FMT: Invalid argument".
struct SystemError : Error {
    SystemError(const std::string& where, const std::string& what);
    int number;  ///< errno at construction
};

}  // namespace apps
