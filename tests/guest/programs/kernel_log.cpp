// syslog(2), on the machine only: the host's log is not a program's business.
#include <sys/klog.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <string>

#include "tap.hpp"

namespace {

enum { kRead = 2, kReadAll = 3, kReadAndClear = 4, kClear = 5, kLevel = 8, kUnread = 9, kSize = 10 };

std::string log(int action, int most = 32 * 1024) {
    std::string text(static_cast<size_t>(most), 0);
    const int n = ::klogctl(action, text.data(), most);
    text.resize(n < 0 ? 0 : static_cast<size_t>(n));
    return text;
}

}  // namespace

int main() {
    tap::plan(14);
    tap::ok(::klogctl(kSize, nullptr, 0) >= 16 * 1024, "there is room for some lines");
    const std::string all = log(kReadAll);
    tap::ok(all.rfind("<6>[    0.0", 0) == 0, "the first line has its level and time");
    tap::ok(all.find("init: ") == std::string::npos || all.back() == '\n', "lines are whole");
    const std::string end = log(kReadAll, 100);
    tap::ok(end.size() <= 100 && end[0] == '<' && all.substr(all.size() - end.size()) == end,
            "less room shows the last whole lines");
    tap::ok(::klogctl(kUnread, nullptr, 0) >= static_cast<int>(all.size()), "nobody has read it yet");
    const std::string first = log(kRead, 64);
    tap::ok(first == all.substr(0, 64), "READ begins at the beginning");
    tap::ok(log(kRead, 64) == all.substr(64, 64), "and goes on where it was");
    ::syscall(499);
    const std::string after = log(kReadAll);
    tap::ok(after.find("kernel_log: system call 499 is unknown\n") != std::string::npos,
            "an unknown system call is named");
    ::syscall(499);
    tap::ok(log(kReadAll) == after, "once");
    tap::ok(after.find("system call 398") == std::string::npos, "rseq, which every program tries, is not");
    log(kReadAndClear);
    tap::is(static_cast<long long>(log(kReadAll).size()), 0, "READ_CLEAR clears");
    tap::fails_with(::klogctl(kLevel, nullptr, 9), EINVAL, "a level of 9 is EINVAL");
    tap::fails_with(::klogctl(kReadAll, nullptr, 10), EINVAL, "nowhere to write is EINVAL");
    tap::fails_with(::klogctl(77, nullptr, 0), EINVAL, "another action is EINVAL");
    return tap::finish();
}
