// The process's own stack, told to AddressSanitizer again after SystemC's coroutines ran.
#pragma once

#include "models/base/sanitizer.hpp"

#if EXYSIM_ADDRESS_SANITIZER
#include <pthread.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace exysim {

/// Lives as long as sc_main(). SystemC 2.3.4 announces switches between coroutines to AddressSanitizer, but
/// neither where the main stack lies nor the switch away from a thread that ended; what is left announced is
/// memory long freed, which the leak check at exit would then read. The destructor announces the main stack.
class MainStack {
#if EXYSIM_ADDRESS_SANITIZER
public:
    MainStack() {
        pthread_attr_t attributes;
        if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;
        pthread_attr_getstack(&attributes, &bottom_, &size_);
        pthread_attr_destroy(&attributes);
    }
    ~MainStack() {
        if (size_ == 0) return;
        __sanitizer_start_switch_fiber(nullptr, bottom_, size_);
        __sanitizer_finish_switch_fiber(nullptr, nullptr, nullptr);
    }
    MainStack(const MainStack&) = delete;
    MainStack& operator=(const MainStack&) = delete;

private:
    void* bottom_ = nullptr;
    size_t size_ = 0;
#else
public:
    ~MainStack() {}
#endif
};

}  // namespace exysim
