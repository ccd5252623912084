# The guest stack is its own CMake project, cross-built; the host build drives it as one target.
include(ExternalProject)
ExternalProject_Add(guest
    SOURCE_DIR ${CMAKE_SOURCE_DIR}/sw
    BINARY_DIR ${CMAKE_BINARY_DIR}/guest
    CMAKE_ARGS -DCMAKE_TOOLCHAIN_FILE=${CMAKE_SOURCE_DIR}/scripts/cmake/arm-linux-gnueabihf.cmake
               -DCMAKE_BUILD_TYPE=Release
    CMAKE_GENERATOR Ninja
    BUILD_ALWAYS ON
    INSTALL_COMMAND ""
    USES_TERMINAL_BUILD ON)
