// System calls that wait for several files: poll, select and their variants with a signal mask.
#include "core/poll.hpp"
#include "core/process.hpp"
#include "core/syscall.hpp"
#include "core/user_time.hpp"

namespace kernel {

namespace {

using Args = const SyscallArguments&;

// --- poll

Result<uint32_t> poll_array(UserAddr at, uint32_t count, uint64_t deadline_ns) {
    if (count > kMostPolled) return Errno::kInval;
    PollFd fds[kMostPolled];
    TRY(copy_from_user(fds, at, count * static_cast<uint32_t>(sizeof(PollFd))));
    const uint32_t ready = TRY(poll_files(fds, count, deadline_ns));
    TRY(copy_to_user(at, fds, count * static_cast<uint32_t>(sizeof(PollFd))));
    return ready;
}

Result<uint32_t> sys_poll(Args s) {
    const int32_t ms = s.signed32(2);
    return poll_array(s.user(0), s.a[1], ms < 0 ? kNever : now_ns() + static_cast<uint64_t>(ms) * 1'000'000);
}

template <class Seconds>
Result<uint32_t> ppoll(Args s) {
    const uint64_t deadline = TRY(deadline_after<UserTime<Seconds>>(s.user(2)));
    MaskForWait mask;
    if (s.a[3]) mask.set(TRY(get_user<uint64_t>(s.user(3))));
    return poll_array(s.user(0), s.a[1], deadline);
}

// --- select

constexpr uint32_t kWords = FdTable::kMost / 32;
/// Which events each of the three sets asks for (Linux's fs/select.c: POLLIN_SET, POLLOUT_SET, POLLEX_SET).
constexpr uint32_t kSetEvents[] = {kPollIn | kPollRdNorm | kPollHup | kPollErr,
                                   kPollOut | kPollWrNorm | kPollErr, kPollPri};
constexpr uint32_t kSets = 3;

struct FdSets {
    uint32_t bits[kSets][kWords] = {};

    bool has(uint32_t set, uint32_t fd) const { return bits[set][fd / 32] >> (fd % 32) & 1; }
    void add(uint32_t set, uint32_t fd) { bits[set][fd / 32] |= 1U << (fd % 32); }
};

uint32_t bytes_of(uint32_t count) { return (count + 31) / 32 * 4; }

Result<> get_sets(FdSets& sets, const UserAddr* at, uint32_t count) {
    for (uint32_t i = 0; i < kSets; ++i) {
        if (at[i].value) TRY(copy_from_user(sets.bits[i], at[i], bytes_of(count)));
    }
    return Ok{};
}

/// The descriptors that any set names. Errors: kBadF a closed one, kInval more than kMostPolled.
Result<uint32_t> files_of(const FdSets& sets, uint32_t count, PollFd* fds) {
    uint32_t used = 0;
    for (uint32_t fd = 0; fd < count; ++fd) {
        uint32_t events = 0;
        for (uint32_t i = 0; i < kSets; ++i) events |= sets.has(i, fd) ? kSetEvents[i] : 0;
        if (!events) continue;
        TRY(file_of(fd));
        if (used == kMostPolled) return Errno::kInval;
        fds[used++] = {static_cast<int32_t>(fd), static_cast<uint16_t>(events), 0};
    }
    return used;
}

/// What of the wanted events has come; returns how many bits are set.
uint32_t sort_results(const FdSets& wanted, const PollFd* fds, uint32_t used, FdSets& ready) {
    uint32_t total = 0;
    for (uint32_t i = 0; i < used; ++i) {
        const auto fd = static_cast<uint32_t>(fds[i].fd);
        for (uint32_t set = 0; set < kSets; ++set) {
            if (!wanted.has(set, fd) || !(fds[i].results & kSetEvents[set])) continue;
            ready.add(set, fd);
            ++total;
        }
    }
    return total;
}

Result<uint32_t> select_until(Args s, uint64_t deadline_ns) {
    if (s.signed32(0) < 0) return Errno::kInval;
    const uint32_t count = s.a[0] < FdTable::kMost ? s.a[0] : FdTable::kMost;
    const UserAddr at[kSets] = {s.user(1), s.user(2), s.user(3)};
    FdSets wanted, ready;
    TRY(get_sets(wanted, at, count));
    PollFd fds[kMostPolled];
    const uint32_t used = TRY(files_of(wanted, count, fds));
    TRY(poll_files(fds, used, deadline_ns));
    const uint32_t total = sort_results(wanted, fds, used, ready);
    for (uint32_t i = 0; i < kSets; ++i) {
        if (at[i].value) TRY(copy_to_user(at[i], ready.bits[i], bytes_of(count)));
    }
    return total;
}

/// Tells the time that was left, as Linux's select does.
Result<uint32_t> sys_newselect(Args s) {
    const uint64_t deadline = TRY(deadline_after<UserTimeval>(s.user(4)));
    const uint32_t total = TRY(select_until(s, deadline));
    const uint64_t now = now_ns();
    if (s.a[4]) TRY(put_user(s.user(4), UserTimeval::of(deadline > now ? deadline - now : 0)));
    return total;
}

template <class Seconds>
Result<uint32_t> pselect6(Args s) {
    const uint64_t deadline = TRY(deadline_after<UserTime<Seconds>>(s.user(4)));
    struct Mask {
        uint32_t at, size;
    };
    MaskForWait mask;
    if (s.a[5]) {
        const Mask m = TRY(get_user<Mask>(s.user(5)));
        if (m.at && m.size != 8) return Errno::kInval;
        if (m.at) mask.set(TRY(get_user<uint64_t>(UserAddr{m.at})));
    }
    return select_until(s, deadline);
}

constexpr Syscall kRows[] = {
    {142, "_newselect", sys_newselect},          {168, "poll", sys_poll},
    {335, "pselect6", pselect6<int32_t>},        {336, "ppoll", ppoll<int32_t>},
    {413, "pselect6_time64", pselect6<int64_t>}, {414, "ppoll_time64", ppoll<int64_t>},
};

}  // namespace

std::span<const Syscall> select_syscalls() { return kRows; }

}  // namespace kernel
