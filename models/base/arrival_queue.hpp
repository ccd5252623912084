// What waits for its turn, in order of arrival or another; of equals, the one that was put in first.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace exysim {

struct ByArrival {
    template <class T>
    bool operator()(const T& a, const T& b) const {
        return a.arrival < b.arrival;
    }
};

/// A ring that grows to what is kept waiting, then never again. Most are put in about in order.
template <class T, class Before = ByArrival>
class ArrivalQueue {
    using size_t = std::size_t;

public:
    bool empty() const { return size_ == 0; }
    size_t size() const { return size_; }
    /// 0 = the first.
    T& operator[](size_t n) { return ring_[(head_ + n) & mask_]; }
    const T& operator[](size_t n) const { return ring_[(head_ + n) & mask_]; }
    T& front() { return ring_[head_ & mask_]; }
    const T& front() const { return ring_[head_ & mask_]; }

    /// Not before the first `kept`.
    void insert(const T& made, size_t kept = 0) {
        if (size_ > mask_) grow();
        size_t place = size_++;
        for (; place > kept && Before{}(made, (*this)[place - 1]); --place)
            (*this)[place] = (*this)[place - 1];
        (*this)[place] = made;
    }
    void pop_front() {
        ++head_;
        --size_;
    }
    void erase(size_t n) {
        for (; n > 0; --n) (*this)[n] = (*this)[n - 1];
        pop_front();
    }

private:
    void grow() {
        std::vector<T> larger(ring_.size() * 2);
        for (size_t n = 0; n < size_; ++n) larger[n] = (*this)[n];
        ring_ = std::move(larger);
        mask_ = ring_.size() - 1;
        head_ = 0;
    }

    static constexpr size_t kFirst = 64;  // a power of two
    std::vector<T> ring_ = std::vector<T>(kFirst);
    size_t mask_ = kFirst - 1, head_ = 0, size_ = 0;
};

}  // namespace exysim
