#include "apps/runner/pass_through.hpp"

#include <poll.h>

#include "apps/support/error.hpp"

namespace apps::runner {

namespace {

constexpr int kPatienceMs = 2000;

uint8_t pattern(uint32_t i, Size size) { return static_cast<uint8_t>(i * 7 + i / size.width * 3); }

}  // namespace

PassThrough::PassThrough(const std::string& alias, Size size, v4l2_memory in, v4l2_memory out)
    : in_{V4l2Device::find_converter(alias)}, out_{in_.other_side(Queue::capture)} {
    in_.set_format("NV12", size);
    out_.set_format("NV12", size);
    if (in_.request_buffers(1, in) != 1 || out_.request_buffers(1, out) != 1)
        throw Error{in_.node() + ": no buffer"};
}

void PassThrough::run() {
    in_.stream_on();
    out_.stream_on();
    if (!is_ready(out_.fd(), POLLIN, kPatienceMs)) throw Error{out_.node() + ": no picture comes"};
    out_.dequeue();
    in_.dequeue();
}

void fill_pattern(uint8_t* at, Size size) {
    for (uint32_t i = 0; i < nv12_bytes(size); ++i) at[i] = pattern(i, size);
}

uint32_t count_wrong(const uint8_t* at, Size size) {
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < nv12_bytes(size); ++i) wrong += at[i] != pattern(i, size);
    return wrong;
}

}  // namespace apps::runner
