// Names as the compiler made them, in C++ again.
#pragma once

#include <cxxabi.h>

#include <cstdlib>
#include <string>

namespace exysim::debug {

/// The name itself where it is no mangled one.
inline std::string demangled(const char* name) {
    int status = 0;
    char* text = abi::__cxa_demangle(name, nullptr, nullptr, &status);
    std::string result = status == 0 ? text : name;
    std::free(text);
    return result;
}

}  // namespace exysim::debug
