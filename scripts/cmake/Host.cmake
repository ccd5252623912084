# Host language level, warnings and libraries, stated once.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
include_directories(${CMAKE_SOURCE_DIR})  # headers are named by their path: "models/base/address.hpp"

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(Boost REQUIRED COMPONENTS program_options)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(PNG REQUIRED)
find_package(ZLIB REQUIRED)
pkg_check_modules(SystemC REQUIRED IMPORTED_TARGET systemc)
pkg_check_modules(YamlCpp REQUIRED IMPORTED_TARGET yaml-cpp)
pkg_check_modules(XxHash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(Sqlite REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(LibDw REQUIRED IMPORTED_TARGET libdw)
pkg_check_modules(LibElf REQUIRED IMPORTED_TARGET libelf)
pkg_check_modules(Capstone REQUIRED IMPORTED_TARGET capstone)
find_library(LIBFDT fdt REQUIRED)

# What every host target gets. Warnings are errors with both compilers.
add_library(exysim_options INTERFACE)
target_compile_options(exysim_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Werror -fno-math-errno)
if(EXYSIM_SANITIZE)
    add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
    # gcc 12 sees uninitialised values in its own <regex> when it instruments it (GCC bug 105562).
    add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()

# Debian builds SystemC as C++17; without SC_CPLUSPLUS its symbols do not link. Its headers are system headers.
add_library(exysim_systemc INTERFACE)
target_compile_definitions(exysim_systemc INTERFACE SC_CPLUSPLUS=201703L SC_INCLUDE_DYNAMIC_PROCESSES)
target_link_libraries(exysim_systemc INTERFACE PkgConfig::SystemC)

# exysim_library(name SOURCES ... LINKS ...): a static library `name`. Links state the include direction.
function(exysim_library name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
    add_library(${name} STATIC ${ARG_SOURCES})
    target_link_libraries(${name} PUBLIC exysim_options ${ARG_LINKS})
endfunction()
