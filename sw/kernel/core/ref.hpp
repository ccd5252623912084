// Reference counting and single ownership. Counts are atomic: a thread may be preempted anywhere.
#pragma once

#include <atomic>
#include <cstdint>
#include <new>
#include <utility>

#include "core/result.hpp"

namespace kernel {

/// Base of shared objects. Starts with one reference, which make_ref() hands to its Ref.
class RefCounted {
public:
    virtual ~RefCounted() = default;
    void retain() { count_.fetch_add(1, std::memory_order_relaxed); }
    void release_reference() {
        if (count_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
    }
    uint32_t references() const { return count_; }

protected:
    RefCounted() = default;
    RefCounted(const RefCounted&) = delete;
    RefCounted& operator=(const RefCounted&) = delete;

private:
    std::atomic<uint32_t> count_{1};
};

/// Shared pointer to a RefCounted.
template <class T>
class Ref {
public:
    Ref() = default;
    /// Takes over one reference.
    static Ref adopt(T* p) { return Ref{p}; }
    static Ref share(T* p) {
        if (p) p->retain();
        return Ref{p};
    }
    Ref(const Ref& o) : p_{o.p_} {
        if (p_) p_->retain();
    }
    Ref(Ref&& o) : p_{std::exchange(o.p_, nullptr)} {}
    template <class U>
    Ref(Ref<U> o) : p_{o.release()} {}
    Ref& operator=(Ref o) {
        std::swap(p_, o.p_);
        return *this;
    }
    ~Ref() {
        if (p_) p_->release_reference();
    }
    T* get() const { return p_; }
    T* operator->() const { return p_; }
    T& operator*() const { return *p_; }
    explicit operator bool() const { return p_ != nullptr; }
    T* release() { return std::exchange(p_, nullptr); }

private:
    explicit Ref(T* p) : p_{p} {}
    T* p_ = nullptr;
};

/// Sole owner.
template <class T>
class Unique {
public:
    Unique() = default;
    explicit Unique(T* p) : p_{p} {}
    Unique(Unique&& o) : p_{o.release()} {}
    template <class U>
    Unique(Unique<U>&& o) : p_{o.release()} {}
    Unique& operator=(Unique o) {
        std::swap(p_, o.p_);
        return *this;
    }
    ~Unique() { delete p_; }
    T* get() const { return p_; }
    T* operator->() const { return p_; }
    T& operator*() const { return *p_; }
    explicit operator bool() const { return p_ != nullptr; }
    T* release() { return std::exchange(p_, nullptr); }

private:
    T* p_ = nullptr;
};

/// Errors: kNoMem.
template <class T, class... Args>
Result<Unique<T>> make(Args&&... args) {
    T* p = new (std::nothrow) T{std::forward<Args>(args)...};
    if (!p) return Errno::kNoMem;
    return Unique<T>{p};
}
template <class T, class... Args>
Result<Ref<T>> make_ref(Args&&... args) {
    T* p = new (std::nothrow) T{std::forward<Args>(args)...};
    if (!p) return Errno::kNoMem;
    return Ref<T>::adopt(p);
}

}  // namespace kernel
