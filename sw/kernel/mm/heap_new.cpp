// operator new and delete over the kernel heap; all of them report failure by a null pointer.
#include <new>

#include "mm/heap.hpp"

void* operator new(size_t bytes, const std::nothrow_t&) noexcept {
    return kernel::heap_alloc(bytes, __builtin_return_address(0));
}
void* operator new[](size_t bytes, const std::nothrow_t&) noexcept {
    return kernel::heap_alloc(bytes, __builtin_return_address(0));
}
void operator delete(void* p) noexcept { kernel::heap_free(p); }
void operator delete(void* p, size_t) noexcept { kernel::heap_free(p); }
void operator delete[](void* p) noexcept { kernel::heap_free(p); }
void operator delete[](void* p, size_t) noexcept { kernel::heap_free(p); }
void operator delete(void* p, const std::nothrow_t&) noexcept { kernel::heap_free(p); }
