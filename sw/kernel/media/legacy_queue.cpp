#include "media/legacy_queue.hpp"

#include "core/string.hpp"
#include "mm/user_space.hpp"

namespace kernel {

namespace {

uint32_t flags_of(LegacyBuffer::State state) {
    switch (state) {
        case LegacyBuffer::State::queued:
        case LegacyBuffer::State::active:
            return V4L2_BUF_FLAG_QUEUED;
        case LegacyBuffer::State::done:
            return V4L2_BUF_FLAG_DONE;
        default:
            return 0;
    }
}

}  // namespace

LegacyQueue::LegacyQueue(Device& device, const char* name)
    : device_{device}, user_{{}, PlaneAllocator::vmalloc, DmaDirection::from_device, name} {}

Result<> LegacyQueue::check_owner(const File& owner) const {
    if (owned_by_other(owner)) return Errno::kBusy;
    return Ok{};
}

/// Buffers that a program has still mapped stay, and with them the others.
Result<> LegacyQueue::request_buffers(const File& owner, v4l2_requestbuffers& request) {
    request.capabilities = 0;  // a word of videobuf2's
    memset(request.reserved, 0, sizeof request.reserved);
    request.flags = 0;
    const bool known = request.memory == V4L2_MEMORY_MMAP || request.memory == V4L2_MEMORY_USERPTR;
    if (!known) return Errno::kInval;
    TRY(check_owner(owner));
    if (streaming_) return Errno::kBusy;
    for (uint32_t i = 0; i < count_; ++i) {
        const PlaneMemory* memory = buffers_[i]->memory.get();
        if (buffers_[i]->state != LegacyBuffer::State::idle || (memory && memory->in_use()))
            return Errno::kBusy;
    }
    release();
    if (request.count == 0) return Ok{};
    memory_ = request.memory;
    bytes_ = device_.picture_bytes();
    if (request.count > kMost) request.count = kMost;
    while (count_ < request.count) {
        auto buffer = make<LegacyBuffer>();
        if (!buffer) break;
        buffers_[count_] = buffer.take();
        buffers_[count_]->index = count_;
        ++count_;
    }
    if (count_ == 0) return Errno::kNoMem;
    owner_ = &owner;
    request.count = count_;
    return Ok{};
}

Result<LegacyBuffer*> LegacyQueue::find(const v4l2_buffer& asked) const {
    if (asked.index >= count_) return Errno::kInval;
    return buffers_[asked.index].get();
}

void LegacyQueue::describe(const LegacyBuffer& b, v4l2_buffer& buffer, v4l2_plane& plane) const {
    buffer.index = b.index;
    buffer.memory = memory_;
    buffer.flags = flags_of(b.state) | V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
    if (memory_ == V4L2_MEMORY_MMAP && b.memory && b.memory->in_use()) buffer.flags |= V4L2_BUF_FLAG_MAPPED;
    buffer.field = V4L2_FIELD_NONE;
    buffer.sequence = b.sequence;
    buffer.timestamp = b.timestamp;
    plane = {};
    plane.length = bytes_;
    plane.bytesused = b.state == LegacyBuffer::State::done ? bytes_ : 0;
    if (memory_ == V4L2_MEMORY_MMAP) plane.m.mem_offset = b.index * align_up(bytes_, kPageSize);
    if (memory_ == V4L2_MEMORY_USERPTR) plane.m.userptr = b.user.value;
}

Result<> LegacyQueue::query_buffer(v4l2_buffer& buffer, v4l2_plane* planes) const {
    describe(*TRY(find(buffer)), buffer, planes[0]);
    return Ok{};
}

/// What is mapped was made by mmap(); other memory comes with QBUF.
Result<> LegacyQueue::bring_memory(LegacyBuffer& b, const v4l2_plane& given) const {
    if (memory_ == V4L2_MEMORY_USERPTR)
        return pin(b, UserAddr{static_cast<uint32_t>(given.m.userptr)}, given.length);
    if (!b.memory) return Errno::kInval;
    return Ok{};
}

Result<> LegacyQueue::pin(LegacyBuffer& b, UserAddr at, uint32_t bytes) const {
    if (bytes < bytes_) return Errno::kInval;
    if (b.memory && b.memory->is_user(at, bytes)) return Ok{};
    b.memory = {};
    b.memory = TRY(pin_plane(user_, at, bytes));
    b.user = at;
    return Ok{};
}

Result<> LegacyQueue::queue_buffer(const File& owner, v4l2_buffer& buffer, v4l2_plane* planes) {
    TRY(check_owner(owner));
    LegacyBuffer& b = *TRY(find(buffer));
    if (buffer.memory != memory_ || b.state != LegacyBuffer::State::idle) return Errno::kInval;
    TRY(bring_memory(b, planes[0]));
    {
        const IrqGuard guard{lock_};
        b.state = LegacyBuffer::State::queued;
        queued_.push_back(b);
    }
    describe(b, buffer, planes[0]);
    return Ok{};
}

Result<> LegacyQueue::dequeue_buffer(const File& owner, v4l2_buffer& buffer, v4l2_plane* planes) {
    TRY(check_owner(owner));
    for (;;) {
        if (!streaming_) return Errno::kInval;
        {
            const IrqGuard guard{lock_};
            if (LegacyBuffer* b = done_.pop_front()) {
                describe(*b, buffer, planes[0]);
                b->state = LegacyBuffer::State::idle;
                buffer.flags &= ~static_cast<uint32_t>(V4L2_BUF_FLAG_DONE);
                return Ok{};
            }
        }
        if (owner.nonblocking()) return Errno::kAgain;
        TRY(wait_event(changed_, [this] { return !streaming_ || !done_.empty(); }));
    }
}

LegacyBuffer* LegacyQueue::take() {
    const IrqGuard guard{lock_};
    LegacyBuffer* b = queued_.pop_front();
    if (b) b->state = LegacyBuffer::State::active;
    return b;
}

void LegacyQueue::done(LegacyBuffer& b, uint32_t sequence, uint64_t timestamp_ns) {
    const IrqGuard guard{lock_};
    b.sequence = sequence;
    b.timestamp.tv_sec = static_cast<decltype(b.timestamp.tv_sec)>(timestamp_ns / 1'000'000'000);
    b.timestamp.tv_usec = static_cast<decltype(b.timestamp.tv_usec)>(timestamp_ns % 1'000'000'000 / 1000);
    b.state = LegacyBuffer::State::done;
    done_.push_back(b);
    changed_.wake_all();
}

Result<> LegacyQueue::stream_on(const File& owner) {
    TRY(check_owner(owner));
    if (count_ == 0) return Errno::kInval;
    if (streaming_) return Errno::kBusy;
    TRY(device_.start());
    streaming_ = true;
    return Ok{};
}

Result<> LegacyQueue::stream_off(const File& owner) {
    TRY(check_owner(owner));
    if (!streaming_) return Errno::kInval;
    stop();
    return Ok{};
}

void LegacyQueue::stop() {
    if (!streaming_) return;
    device_.stop();
    const IrqGuard guard{lock_};
    streaming_ = false;
    while (queued_.pop_front()) {
    }
    while (done_.pop_front()) {
    }
    for (uint32_t i = 0; i < count_; ++i) buffers_[i]->state = LegacyBuffer::State::idle;
    changed_.wake_all();
}

/// Queued buffers of a queue that never streamed go too.
void LegacyQueue::release() {
    stop();
    const auto drop_lists = [this] {
        const IrqGuard guard{lock_};
        while (queued_.pop_front()) {
        }
    };
    drop_lists();
    while (count_ > 0) buffers_[--count_] = {};
    owner_ = nullptr;
}

/// The whole of one buffer; the first time makes its memory.
Result<> LegacyQueue::mmap(Vma& vma) {
    if (memory_ != V4L2_MEMORY_MMAP) return Errno::kInval;
    const uint32_t step = align_up(bytes_, kPageSize);
    for (uint32_t i = 0; i < count_; ++i) {
        if (vma.offset != uint64_t{i} * step) continue;
        LegacyBuffer& b = *buffers_[i];
        if (!b.memory) b.memory = TRY(allocate_plane(user_, bytes_, false));
        return b.memory->mmap(vma);
    }
    return Errno::kInval;
}

uint32_t LegacyQueue::poll(PollTable* table) {
    if (table) table->watch(changed_);
    const IrqGuard guard{lock_};
    if (!streaming_) return kPollErr;
    return done_.empty() ? 0 : kPollIn | kPollRdNorm;
}

void LegacyQueue::close(const File& owner) {
    if (owner_ == &owner) release();
}

}  // namespace kernel
