// A value or an errno. Fallible kernel calls return Result<T>; TRY passes errors up.
#pragma once

#include <new>
#include <type_traits>
#include <utility>

namespace kernel {

/// Linux's error numbers on ARM (asm-generic/errno*.h); user programs see them negated.
enum class Errno : int {
    kPerm = 1,
    kNoEnt = 2,
    kSrch = 3,
    kIntr = 4,
    kIo = 5,
    kNxIo = 6,
    k2Big = 7,
    kNoExec = 8,
    kBadF = 9,
    kChild = 10,
    kAgain = 11,
    kNoMem = 12,
    kAcces = 13,
    kFault = 14,
    kBusy = 16,
    kExist = 17,
    kNoDev = 19,
    kNotDir = 20,
    kIsDir = 21,
    kInval = 22,
    kNFile = 23,
    kMFile = 24,
    kNoTty = 25,
    kFBig = 27,
    kNoSpc = 28,
    kSPipe = 29,
    kRoFs = 30,
    kPipe = 32,
    kRange = 34,
    kDeadLk = 35,
    kNameTooLong = 36,
    kNoSys = 38,
    kNotEmpty = 39,
    kLoop = 40,
    kNoData = 61,
    kOverflow = 75,
    kNotSock = 88,
    kDestAddrReq = 89,
    kMsgSize = 90,
    kProtoType = 91,
    kNoProtoOpt = 92,
    kProtoNoSupport = 93,
    kNotSup = 95,
    kAfNoSupport = 97,
    kAddrInUse = 98,
    kNoBufs = 105,
    kIsConn = 106,
    kNotConn = 107,
    kTimedOut = 110,
    kConnRefused = 111,
    kProbeDefer = 517,  // kernel-internal: a resource's driver is not there yet
};

/// Success without a value.
struct Ok {};

template <class T = void>
class [[nodiscard]] Result {
public:
    Result(T value) : value_{std::move(value)}, ok_{true} {}
    Result(Errno error) : error_{error}, ok_{false} {}
    Result(Result&& o) : ok_{o.ok_} {
        if (ok_) {
            new (&value_) T{std::move(o.value_)};
        } else {
            error_ = o.error_;
        }
    }
    Result& operator=(Result&&) = delete;
    ~Result() {
        if (ok_) value_.~T();
    }

    explicit operator bool() const { return ok_; }
    Errno error() const { return error_; }
    T& value() & { return value_; }
    T take() { return std::move(value_); }
    T value_or(T other) { return ok_ ? std::move(value_) : std::move(other); }

private:
    union {
        T value_;
        Errno error_;
    };
    bool ok_;
};

template <>
class [[nodiscard]] Result<void> {
public:
    Result() : error_{}, ok_{true} {}
    Result(Ok) : Result{} {}
    Result(Errno error) : error_{error}, ok_{false} {}
    explicit operator bool() const { return ok_; }
    Errno error() const { return error_; }
    void take() {}

private:
    Errno error_;
    bool ok_;
};

}  // namespace kernel

/// The value of `expr`, or return its error from the enclosing function.
#define TRY(expr) TRY_NAMED_(expr, __COUNTER__)
#define TRY_NAMED_(expr, n) TRY_BODY_(expr, n)
#define TRY_BODY_(expr, n)                                  \
    __extension__({                                         \
        auto&& try_result_##n = (expr);                     \
        if (!try_result_##n) return try_result_##n.error(); \
        try_result_##n.take();                              \
    })
