#include "media/video_queue.hpp"

#include "core/log.hpp"
#include "core/string.hpp"
#include "mm/user_space.hpp"

namespace kernel {

namespace {

constexpr uint32_t kOpenFlags = kAccessMode | kCloseOnExec;

timeval time_of(uint64_t ns) {
    timeval t{};
    t.tv_sec = static_cast<decltype(t.tv_sec)>(ns / 1'000'000'000);
    t.tv_usec = static_cast<decltype(t.tv_usec)>(ns % 1'000'000'000 / 1000);
    return t;
}

uint32_t flags_of(BufferState state) {
    switch (state) {
        case BufferState::dequeued:
            return 0;
        case BufferState::queued:
        case BufferState::active:
            return V4L2_BUF_FLAG_QUEUED;
        case BufferState::done:
            return V4L2_BUF_FLAG_DONE;
        case BufferState::error:
            return V4L2_BUF_FLAG_ERROR;
    }
    return 0;
}

}  // namespace

Result<> VideoQueue::check_owner(const File& owner) const {
    if (owner_ && owner_ != &owner) return Errno::kBusy;
    return Ok{};
}

// --- Buffers

Result<> VideoQueue::request_buffers(const File& owner, v4l2_requestbuffers& request) {
    TRY(check_owner(owner));
    const bool known = request.memory == V4L2_MEMORY_MMAP || request.memory == V4L2_MEMORY_DMABUF;
    if (request.type != type_ || !known) return Errno::kInval;
    request.capabilities =
        V4L2_BUF_CAP_SUPPORTS_MMAP | V4L2_BUF_CAP_SUPPORTS_DMABUF | V4L2_BUF_CAP_SUPPORTS_ORPHANED_BUFS;
    if (streaming_) return Errno::kBusy;
    release_buffers();
    if (request.count == 0) return Ok{};
    memory_ = request.memory;
    const uint32_t least = min_queued_;
    TRY(allocate(request.count < least ? least : request.count > kMost ? kMost : request.count));
    owner_ = &owner;
    request.count = count_;
    return Ok{};
}

/// Gives fewer buffers when memory is short, as long as streaming is possible.
Result<> VideoQueue::allocate(uint32_t count) {
    for (; count_ < count; ++count_) {
        auto buffer = TRY(make<VideoBuffer>());
        buffer->index = count_;
        buffer->length = ops_.buffer_size();
        if (memory_ == V4L2_MEMORY_MMAP) {
            auto pages = DmaPages::allocate(buffer->length, device_.placement());
            if (!pages) break;
            buffer->pages = pages.take();
            auto iova = device_.map(*buffer->pages, direction_);
            if (!iova) break;
            buffer->iova = iova.take();
            buffer->mapped = true;
        }
        buffers_[count_] = std::move(buffer);
    }
    if (count_ >= min_queued_) return Ok{};
    release_buffers();
    return Errno::kNoMem;
}

void VideoQueue::release_buffers() {
    while (count_ > 0) {
        VideoBuffer& buffer = *buffers_[--count_];
        drop_import(buffer);
        if (buffer.mapped) device_.unmap(buffer.iova, *buffer.pages);
        buffers_[count_] = {};
    }
    owner_ = nullptr;
}

Result<VideoBuffer*> VideoQueue::find(const v4l2_buffer& asked) const {
    if (asked.type != type_ || asked.index >= count_) return Errno::kInval;
    return buffers_[asked.index].get();
}

void VideoQueue::describe(const VideoBuffer& b, v4l2_buffer& buffer, v4l2_plane& plane) const {
    buffer.index = b.index;
    buffer.type = type_;
    buffer.memory = memory_;
    buffer.flags = flags_of(b.state) | V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
    buffer.field = V4L2_FIELD_NONE;
    buffer.sequence = b.sequence;
    buffer.timestamp = time_of(b.timestamp_ns);
    buffer.length = 1;
    plane = {};
    plane.length = b.length;
    plane.bytesused = b.bytes_used;
    if (memory_ == V4L2_MEMORY_MMAP) {
        plane.m.mem_offset = b.index * align_up(b.length, kPageSize);
    } else {
        plane.m.fd = b.fd;
    }
}

Result<> VideoQueue::query_buffer(v4l2_buffer& buffer, v4l2_plane& plane) const {
    const VideoBuffer* b = TRY(find(buffer));
    describe(*b, buffer, plane);
    return Ok{};
}

Result<> VideoQueue::export_buffer(v4l2_exportbuffer& request) const {
    const bool known = request.type == type_ && request.index < count_ && request.plane == 0;
    if (!known || memory_ != V4L2_MEMORY_MMAP || request.flags & ~kOpenFlags) return Errno::kInval;
    auto buffer = TRY(export_dma_pages(buffers_[request.index]->pages, name_));
    const uint32_t access = request.flags & kAccessMode;
    request.fd = static_cast<int>(TRY(buffer->install(request.flags & kCloseOnExec, access != kReadOnly)));
    return Ok{};
}

Result<> VideoQueue::mmap(Vma& vma) const {
    if (memory_ != V4L2_MEMORY_MMAP || !vma.shared) return Errno::kInval;
    for (uint32_t i = 0; i < count_; ++i) {
        const uint32_t stride = align_up(buffers_[i]->length, kPageSize);
        if (vma.offset != uint64_t{i} * stride) continue;
        return buffers_[i]->pages->mmap(vma, 0);
    }
    return Errno::kInval;
}

// --- Imported memory

/// Attaches the buffer behind `fd`, unless it is the one that is attached already, and maps it for the
/// device.
Result<> VideoQueue::import(VideoBuffer& buffer, int fd) {
    if (fd < 0) return Errno::kBadF;
    const Ref<DmaBuf> wanted = TRY(DmaBuf::get(static_cast<uint32_t>(fd)));
    if (wanted->size() < buffer.length) return Errno::kInval;
    if (wanted.get() != buffer.imported.get()) {
        drop_import(buffer);
        buffer.attachment = TRY(wanted->attach(device_));
        buffer.imported = wanted;
    }
    buffer.iova = TRY(buffer.imported->map(*buffer.attachment, direction_));
    buffer.mapped = true;
    buffer.fd = fd;
    return Ok{};
}

/// The device no longer reaches an imported buffer; it stays attached.
void VideoQueue::unmap(VideoBuffer& buffer) const {
    if (!buffer.imported || !buffer.mapped) return;
    buffer.imported->unmap(*buffer.attachment, buffer.iova, direction_);
    buffer.mapped = false;
}

void VideoQueue::drop_import(VideoBuffer& buffer) const {
    if (!buffer.imported) return;
    unmap(buffer);
    DmaBuf::detach(std::move(buffer.attachment));
    buffer.imported = {};
    buffer.fd = -1;
}

// --- Queueing

Result<> VideoQueue::queue_buffer(const File& owner, v4l2_buffer& buffer, v4l2_plane& plane) {
    TRY(check_owner(owner));
    VideoBuffer& b = *TRY(find(buffer));
    if (buffer.memory != memory_ || b.state != BufferState::dequeued) return Errno::kInval;
    if (V4L2_TYPE_IS_OUTPUT(type_)) {
        b.bytes_used = plane.bytesused ? plane.bytesused : b.length;
        if (b.bytes_used > b.length) return Errno::kInval;
    }
    if (memory_ == V4L2_MEMORY_DMABUF) TRY(import(b, plane.m.fd));
    {
        const IrqGuard guard{lock_};
        b.state = BufferState::queued;
        queued_.push_back(b);
        ++owned_;
        if (started_) hand_over();
    }
    describe(b, buffer, plane);
    if (streaming_ && !started_) return start_if_ready();
    return Ok{};
}

/// Gives what is queued to the driver, with interrupts masked.
void VideoQueue::hand_over() {
    while (VideoBuffer* b = queued_.pop_front()) {
        b->state = BufferState::active;
        ops_.take(*b);
    }
}

void VideoQueue::done(VideoBuffer& b, BufferState state, uint32_t bytes, uint32_t sequence,
                      uint64_t timestamp_ns) {
    const IrqGuard guard{lock_};
    b.state = state;
    if (!V4L2_TYPE_IS_OUTPUT(type_)) b.bytes_used = bytes;
    b.sequence = sequence;
    b.timestamp_ns = timestamp_ns;
    --owned_;
    done_.push_back(b);
    changed_.wake_all();
}

Result<VideoBuffer*> VideoQueue::wait_done(const File& owner) {
    for (;;) {
        {
            const IrqGuard guard{lock_};
            if (!streaming_) return Errno::kInval;
            if (VideoBuffer* b = done_.pop_front()) return b;
        }
        if (owner.nonblocking()) return Errno::kAgain;
        TRY(wait_event(changed_, [this] { return !streaming_ || !done_.empty(); }));
    }
}

Result<> VideoQueue::dequeue_buffer(const File& owner, v4l2_buffer& buffer, v4l2_plane& plane) {
    TRY(check_owner(owner));
    if (buffer.type != type_) return Errno::kInval;
    VideoBuffer& b = *TRY(wait_done(owner));
    describe(b, buffer, plane);
    buffer.flags &= ~static_cast<uint32_t>(V4L2_BUF_FLAG_DONE);
    unmap(b);
    b.state = BufferState::dequeued;
    return Ok{};
}

uint32_t VideoQueue::poll(PollTable* table) {
    if (table) table->watch(changed_);
    const IrqGuard guard{lock_};
    if (!streaming_) return kPollErr;
    if (done_.empty()) return 0;
    return V4L2_TYPE_IS_OUTPUT(type_) ? kPollOut | kPollWrNorm : kPollIn | kPollRdNorm;
}

// --- Streaming

Result<> VideoQueue::stream_on(const File& owner) {
    TRY(check_owner(owner));
    if (count_ == 0) return Errno::kInval;
    if (streaming_) return Ok{};
    streaming_ = true;
    auto started = start_if_ready();
    if (!started) streaming_ = false;
    return started;
}

Result<> VideoQueue::start_if_ready() {
    if (owned_ < min_queued_) return Ok{};
    {
        const IrqGuard guard{lock_};
        hand_over();
        started_ = true;
    }
    auto started = ops_.start();
    if (started) return Ok{};
    ops_.stop();
    started_ = false;
    for (uint32_t i = 0; i < count_; ++i) {  // the driver has let go of them
        if (buffers_[i]->state != BufferState::active) continue;
        buffers_[i]->state = BufferState::queued;
        queued_.push_back(*buffers_[i]);
    }
    return started;
}

Result<> VideoQueue::stream_off(const File& owner) {
    TRY(check_owner(owner));
    stop();
    return Ok{};
}

/// All buffers go back to the user, whatever state they are in; imported ones are no longer mapped.
void VideoQueue::stop() {
    if (started_) ops_.stop();
    {
        const IrqGuard guard{lock_};
        started_ = streaming_ = false;
        while (done_.pop_front()) {
        }
        while (queued_.pop_front()) {
        }
        owned_ = 0;
        changed_.wake_all();
    }
    for (uint32_t i = 0; i < count_; ++i) {
        unmap(*buffers_[i]);
        buffers_[i]->state = BufferState::dequeued;
    }
}

void VideoQueue::close(const File& owner) {
    if (owner_ != &owner) return;
    stop();
    release_buffers();
}

}  // namespace kernel
