// What the compiler and its library expect of a freestanding program.
#include <new>

#include "core/log.hpp"

namespace std {
const nothrow_t nothrow{};
}

extern "C" {
/// Static objects live as long as the machine.
int atexit(void (*)()) { return 0; }
void __cxa_pure_virtual() { kernel::panic("pure virtual call"); }
/// libgcc calls this for a division by zero.
int raise(int) { kernel::panic("division by zero"); }
void* __dso_handle;
}
