#include "apps/support/error.hpp"

#include <cerrno>
#include <cstring>

namespace apps {

SystemError::SystemError(const std::string& where, const std::string& what)
    : Error{where + ": " + what + ": " + std::strerror(errno)}, number{errno} {}

}  // namespace apps
