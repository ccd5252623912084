#include "media/video_queue.hpp"

#include "core/log.hpp"
#include "core/string.hpp"
#include "mm/user_space.hpp"

namespace kernel {

namespace {

constexpr uint32_t kOpenFlags = kAccessMode | kCloseOnExec;
/// What a program tells of a frame and gets back with it.
constexpr uint32_t kKeptFlags =
    V4L2_BUF_FLAG_KEYFRAME | V4L2_BUF_FLAG_PFRAME | V4L2_BUF_FLAG_BFRAME | V4L2_BUF_FLAG_TIMECODE;

constexpr uint32_t kCacheHints = V4L2_BUF_FLAG_NO_CACHE_CLEAN | V4L2_BUF_FLAG_NO_CACHE_INVALIDATE;

timeval time_of(uint64_t ns) {
    timeval t{};
    t.tv_sec = static_cast<decltype(t.tv_sec)>(ns / 1'000'000'000);
    t.tv_usec = static_cast<decltype(t.tv_usec)>(ns % 1'000'000'000 / 1000);
    return t;
}

uint32_t flags_of(const VideoBuffer& b) {
    switch (b.state) {
        case BufferState::dequeued:
            return b.prepared ? V4L2_BUF_FLAG_PREPARED : 0;
        case BufferState::queued:
        case BufferState::active:
            return V4L2_BUF_FLAG_QUEUED;
        case BufferState::done:
            return V4L2_BUF_FLAG_DONE;
        case BufferState::error:
            return V4L2_BUF_FLAG_DONE | V4L2_BUF_FLAG_ERROR;
    }
    return 0;
}

}  // namespace

void VideoQueue::set_user(const DmaDevice& device, PlaneAllocator allocator, const char* name) {
    user_ = {device, allocator, is_output() ? DmaDirection::to_device : DmaDirection::from_device, name};
}

Result<> VideoQueue::check_owner(const File& owner) const {
    if (owned_by_other(owner)) return Errno::kBusy;
    return Ok{};
}

// --- Buffers

uint32_t VideoQueue::capabilities() const {
    return V4L2_BUF_CAP_SUPPORTS_MMAP | V4L2_BUF_CAP_SUPPORTS_DMABUF | V4L2_BUF_CAP_SUPPORTS_ORPHANED_BUFS |
           (setup_.user_pointers ? V4L2_BUF_CAP_SUPPORTS_USERPTR : 0) |
           (user_.device ? V4L2_BUF_CAP_SUPPORTS_MMAP_CACHE_HINTS : 0);
}

Result<> VideoQueue::check_memory(uint32_t memory) const {
    const bool known = memory == V4L2_MEMORY_MMAP || memory == V4L2_MEMORY_DMABUF ||
                       (memory == V4L2_MEMORY_USERPTR && setup_.user_pointers);
    if (!known) return Errno::kInval;
    return Ok{};
}

Result<> VideoQueue::request_buffers(const File& owner, v4l2_requestbuffers& request) {
    const bool cached =
        request.flags & V4L2_MEMORY_FLAG_NON_COHERENT && user_.device && request.memory == V4L2_MEMORY_MMAP;
    request.flags = cached ? V4L2_MEMORY_FLAG_NON_COHERENT : 0;
    request.capabilities = capabilities();
    memset(request.reserved, 0, sizeof request.reserved);
    TRY(check_memory(request.memory));
    TRY(check_owner(owner));
    if (streaming_) return Errno::kBusy;
    release_buffers();
    if (request.count == 0) return Ok{};
    memory_ = request.memory;
    cached_ = cached;
    uint32_t sizes[kMostPlanes];
    const uint32_t planes = ops_.plane_count(*this);
    for (uint32_t i = 0; i < planes; ++i) sizes[i] = ops_.plane_size(*this, i);
    const uint32_t least = setup_.min_queued;
    const uint32_t wanted = request.count < least ? least : request.count > kMost ? kMost : request.count;
    TRY(allocate(wanted, sizes, planes));
    if (count_ < least) {
        release_buffers();
        return Errno::kNoMem;
    }
    owner_ = &owner;
    request.count = count_;
    return Ok{};
}

Result<> VideoQueue::create_buffers(const File& owner, v4l2_create_buffers& request, const uint32_t* sizes,
                                    uint32_t count) {
    const bool cached =
        request.flags & V4L2_MEMORY_FLAG_NON_COHERENT && user_.device && request.memory == V4L2_MEMORY_MMAP;
    request.flags = cached ? V4L2_MEMORY_FLAG_NON_COHERENT : 0;
    request.capabilities = capabilities();
    memset(request.reserved, 0, sizeof request.reserved);
    request.index = count_;
    TRY(check_memory(request.memory));
    TRY(check_owner(owner));
    if (request.count == 0) return Ok{};
    if (count_ == kMost) return Errno::kNoBufs;
    if (count_ != 0 && (request.memory != memory_ || cached != cached_)) return Errno::kInval;
    if (count < ops_.plane_count(*this) || count > kMostPlanes) return Errno::kInval;
    for (uint32_t i = 0; i < count; ++i) {
        if (sizes[i] == 0 || sizes[i] < ops_.plane_size(*this, i)) return Errno::kInval;
    }
    memory_ = request.memory;
    cached_ = cached;
    const uint32_t room = kMost - count_;
    TRY(allocate(request.count < room ? request.count : room, sizes, count));
    owner_ = &owner;
    request.count = count_ - request.index;
    return Ok{};
}

Result<Unique<VideoBuffer>> VideoQueue::make_buffer(const uint32_t* sizes, uint32_t planes) {
    auto buffer = TRY(make<VideoBuffer>());
    buffer->index = count_;
    buffer->plane_count = planes;
    for (uint32_t i = 0; i < planes; ++i) {
        VideoPlane& p = buffer->planes[i];
        p.length = p.given = sizes[i];
        if (memory_ == V4L2_MEMORY_MMAP) p.memory = TRY(allocate_plane(user_, sizes[i], cached_));
    }
    return buffer;
}

/// Gives fewer buffers when memory is short. Errors: kNoMem for not a single one.
Result<> VideoQueue::allocate(uint32_t count, const uint32_t* sizes, uint32_t planes) {
    const uint32_t before = count_;
    while (count_ < before + count) {
        auto buffer = make_buffer(sizes, planes);
        if (!buffer && count_ == before) return buffer.error();
        if (!buffer) return Ok{};
        buffers_[count_++] = buffer.take();
    }
    return Ok{};
}

/// Whatever is queued comes back first.
void VideoQueue::release_buffers() {
    stop();
    while (count_ > 0) buffers_[--count_] = {};
    owner_ = nullptr;
}

Result<VideoBuffer*> VideoQueue::find(const v4l2_buffer& asked) const {
    if (asked.type != setup_.type || asked.index >= count_) return Errno::kInval;
    return buffers_[asked.index].get();
}

/// Offsets that mmap tells planes apart by.
uint64_t VideoQueue::cookie(uint32_t index, uint32_t plane) const {
    return setup_.offset_base + uint64_t{index * kMostPlanes + plane} * kPageSize;
}

void VideoQueue::describe(const VideoBuffer& b, v4l2_buffer& buffer, v4l2_plane* planes) const {
    buffer.index = b.index;
    buffer.type = setup_.type;
    buffer.memory = memory_;
    buffer.flags =
        flags_of(b) | b.kept_flags |
        (setup_.copies_timestamps ? V4L2_BUF_FLAG_TIMESTAMP_COPY : V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC);
    buffer.field = V4L2_FIELD_NONE;
    buffer.sequence = b.sequence;
    buffer.timestamp = b.timestamp;
    buffer.timecode = b.timecode;
    buffer.reserved2 = buffer.request_fd = 0;
    buffer.length = b.plane_count;
    bool in_use = memory_ == V4L2_MEMORY_MMAP;
    for (uint32_t i = 0; i < b.plane_count; ++i) {
        const VideoPlane& p = b.planes[i];
        planes[i] = {};
        planes[i].length = memory_ == V4L2_MEMORY_MMAP ? p.length : p.given;
        planes[i].bytesused = p.bytes_used;
        planes[i].data_offset = p.data_offset;
        in_use = in_use && p.memory->in_use();
        if (memory_ == V4L2_MEMORY_MMAP) planes[i].m.mem_offset = static_cast<uint32_t>(cookie(b.index, i));
        if (memory_ == V4L2_MEMORY_USERPTR) planes[i].m.userptr = p.user.value;
        if (memory_ == V4L2_MEMORY_DMABUF) planes[i].m.fd = p.fd;
    }
    if (in_use) buffer.flags |= V4L2_BUF_FLAG_MAPPED;
}

Result<> VideoQueue::check_planes(const VideoBuffer& b, const v4l2_buffer& buffer) const {
    if (buffer.length < b.plane_count) return Errno::kInval;
    return Ok{};
}

Result<> VideoQueue::query_buffer(v4l2_buffer& buffer, v4l2_plane* planes) const {
    const VideoBuffer* b = TRY(find(buffer));
    TRY(check_planes(*b, buffer));
    describe(*b, buffer, planes);
    return Ok{};
}

Result<> VideoQueue::export_buffer(v4l2_exportbuffer& request) const {
    if (memory_ != V4L2_MEMORY_MMAP || request.flags & ~kOpenFlags) return Errno::kInval;
    const bool known = request.type == setup_.type && request.index < count_ &&
                       request.plane < buffers_[request.index]->plane_count;
    if (!known) return Errno::kInval;
    auto buffer = TRY(buffers_[request.index]->planes[request.plane].memory->export_buffer(user_.name));
    const uint32_t access = request.flags & kAccessMode;
    request.fd = static_cast<int>(TRY(buffer->install(request.flags & kCloseOnExec, access != kReadOnly)));
    return Ok{};
}

Result<> VideoQueue::mmap(Vma& vma) {
    if (memory_ != V4L2_MEMORY_MMAP || !vma.shared) return Errno::kInval;
    if (is_output() ? !vma.access.write : !vma.access.user) return Errno::kInval;
    for (uint32_t i = 0; i < count_; ++i) {
        for (uint32_t p = 0; p < buffers_[i]->plane_count; ++p) {
            if (vma.offset == cookie(i, p)) return buffers_[i]->planes[p].memory->mmap(vma);
        }
    }
    return Errno::kInval;
}

// --- A buffer's memory changes hands

/// What a program says is in an output buffer; nothing said means all of it.
Result<> VideoQueue::take_payload(VideoBuffer& b, const v4l2_plane* planes) const {
    for (uint32_t i = 0; i < b.plane_count; ++i) {
        VideoPlane& p = b.planes[i];
        p.bytes_used = p.data_offset = 0;
        if (!is_output()) continue;
        const uint32_t room =
            memory_ == V4L2_MEMORY_MMAP || planes[i].length == 0 ? p.length : planes[i].length;
        const uint32_t used = planes[i].bytesused ? planes[i].bytesused : room;
        if (used > room || (planes[i].data_offset && planes[i].data_offset >= used)) return Errno::kInval;
        p.bytes_used = used;
        p.data_offset = planes[i].data_offset;
    }
    return Ok{};
}

Result<> VideoQueue::acquire_user(VideoPlane& p, const v4l2_plane& given) {
    const UserAddr at{static_cast<uint32_t>(given.m.userptr)};
    if (p.memory && p.memory->is_user(at, given.length)) return Ok{};
    p.memory = {};
    if (given.length < p.length) return Errno::kInval;
    p.memory = TRY(pin_plane(user_, at, given.length));
    p.user = at;
    p.given = given.length;
    return Ok{};
}

/// Attaches the buffer behind the descriptor, unless it is the one that is attached already.
Result<> VideoQueue::acquire_import(VideoPlane& p, const v4l2_plane& given) {
    auto wanted =
        given.m.fd < 0 ? Result<Ref<DmaBuf>>{Errno::kInval} : DmaBuf::get(static_cast<uint32_t>(given.m.fd));
    if (!wanted) return Errno::kInval;
    const uint32_t length = given.length ? given.length : wanted.value()->size();
    if (length < p.length || wanted.value()->size() < p.length) return Errno::kInval;
    if (!p.memory || !p.memory->is_import(*wanted.value())) {
        p.memory = {};
        p.memory = TRY(import_plane(user_, wanted.take()));
    }
    p.fd = given.m.fd;
    p.given = length;
    return Ok{};
}

Result<> VideoQueue::acquire(VideoBuffer& b, const v4l2_plane* planes) {
    for (uint32_t i = 0; i < b.plane_count; ++i) {
        VideoPlane& p = b.planes[i];
        if (memory_ == V4L2_MEMORY_USERPTR) TRY(acquire_user(p, planes[i]));
        if (memory_ == V4L2_MEMORY_DMABUF) TRY(acquire_import(p, planes[i]));
        TRY(p.memory->map());
    }
    return Ok{};
}

Result<> VideoQueue::prepare(VideoBuffer& b, const v4l2_buffer& buffer, const v4l2_plane* planes) {
    if (is_output() && buffer.field == V4L2_FIELD_ALTERNATE) return Errno::kInval;
    TRY(take_payload(b, planes));
    take_marks(b, buffer);
    auto acquired = acquire(b, planes);
    const bool clean = !(b.kept_flags & V4L2_BUF_FLAG_NO_CACHE_CLEAN);
    for (uint32_t i = 0; clean && acquired && i < b.plane_count; ++i)
        acquired = b.planes[i].memory->prepare();
    b.prepared = true;
    if (!acquired) {
        unprepare(b);
        return acquired.error();
    }
    b.sequence = 0;
    b.timestamp = {};
    return Ok{};
}

/// What a program says of the frame. Cache hints count for our own memory only.
void VideoQueue::take_marks(VideoBuffer& b, const v4l2_buffer& buffer) const {
    const uint32_t hints = user_.device && memory_ == V4L2_MEMORY_MMAP ? kCacheHints : 0;
    b.kept_flags = buffer.flags & (hints | (is_output() ? kKeptFlags : 0));
}

/// The processor has the bytes back; imported memory is no longer mapped, but stays attached.
void VideoQueue::unprepare(VideoBuffer& b) const {
    if (!b.prepared) return;
    b.prepared = false;
    for (uint32_t i = 0; i < b.plane_count; ++i) {
        if (!b.planes[i].memory) continue;
        if (!(b.kept_flags & V4L2_BUF_FLAG_NO_CACHE_INVALIDATE)) b.planes[i].memory->finish();
        b.planes[i].memory->unmap();
    }
}

// --- Queueing

Result<> VideoQueue::prepare_buffer(const File& owner, v4l2_buffer& buffer, v4l2_plane* planes) {
    TRY(check_owner(owner));
    VideoBuffer& b = *TRY(find(buffer));
    if (buffer.memory != memory_ || b.state != BufferState::dequeued || b.prepared) return Errno::kInval;
    TRY(check_planes(b, buffer));
    TRY(prepare(b, buffer, planes));
    describe(b, buffer, planes);
    return Ok{};
}

Result<> VideoQueue::queue_buffer(const File& owner, v4l2_buffer& buffer, v4l2_plane* planes) {
    TRY(check_owner(owner));
    VideoBuffer& b = *TRY(find(buffer));
    if (buffer.memory != memory_ || b.state != BufferState::dequeued) return Errno::kInval;
    TRY(check_planes(b, buffer));
    if (!b.prepared) TRY(prepare(b, buffer, planes));
    if (is_output() && setup_.copies_timestamps) {
        b.timestamp = buffer.timestamp;
        b.timecode = b.kept_flags & V4L2_BUF_FLAG_TIMECODE ? buffer.timecode : v4l2_timecode{};
    }
    waiting_for_buffers_ = false;
    {
        const IrqGuard guard{lock_};
        b.state = BufferState::queued;
        queued_.push_back(b);
        ++owned_;
    }
    describe(b, buffer, planes);
    tell(KernelEvent::queue, b);
    if (started_) {
        const IrqGuard guard{lock_};
        hand_over();
    }
    if (streaming_ && !started_) return start_if_ready();
    return Ok{};
}

/// Gives what is queued to the driver, with interrupts masked.
void VideoQueue::hand_over() {
    while (VideoBuffer* b = queued_.pop_front()) {
        b->state = BufferState::active;
        ops_.take(*this, *b);
    }
}

void VideoQueue::tell(KernelEvent event, const VideoBuffer& b) const {
    const auto direction = is_output() ? QueueDirection::output : QueueDirection::capture;
    post_event(event, {.id = b.index,
                       .direction = static_cast<uint32_t>(direction),
                       .iova = b.planes[0].memory ? b.iova().value : 0,
                       .length = b.planes[0].length,
                       .name = user_.name});
}

void VideoQueue::done(VideoBuffer& b, BufferState state, uint32_t sequence, uint64_t timestamp_ns) {
    const IrqGuard guard{lock_};
    b.state = state;
    for (uint32_t i = 0; !is_output() && i < b.plane_count; ++i)
        b.planes[i].bytes_used = state == BufferState::done ? ops_.plane_size(*this, i) : 0;
    b.sequence = sequence;
    if (!setup_.copies_timestamps) b.timestamp = time_of(timestamp_ns);
    --owned_;
    tell(KernelEvent::buffer_done, b);
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

Result<> VideoQueue::dequeue_buffer(const File& owner, v4l2_buffer& buffer, v4l2_plane* planes) {
    TRY(check_owner(owner));
    if (buffer.type != setup_.type) return Errno::kInval;
    VideoBuffer& b = *TRY(wait_done(owner));
    tell(KernelEvent::dequeue, b);
    describe(b, buffer, planes);
    buffer.flags &= ~static_cast<uint32_t>(V4L2_BUF_FLAG_DONE);
    unprepare(b);
    b.state = BufferState::dequeued;
    return Ok{};
}

uint32_t VideoQueue::poll(PollTable* table) {
    if (table) table->watch(changed_);
    const IrqGuard guard{lock_};
    if (!streaming_ || (waiting_for_buffers_ && !is_output())) return kPollErr;
    if (done_.empty()) return 0;
    return is_output() ? kPollOut | kPollWrNorm : kPollIn | kPollRdNorm;
}

// --- Streaming

Result<> VideoQueue::stream_on(const File& owner) {
    TRY(check_owner(owner));
    if (streaming_) return Ok{};
    if (count_ == 0 || count_ < setup_.min_queued) return Errno::kInval;
    streaming_ = true;
    auto started = start_if_ready();
    if (!started) streaming_ = false;
    return started;
}

Result<> VideoQueue::start_if_ready() {
    if (owned_ < setup_.min_queued) return Ok{};
    {
        const IrqGuard guard{lock_};
        hand_over();
        started_ = true;
    }
    auto started = ops_.start(*this);
    if (started) return Ok{};
    ops_.stop(*this);
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
    if (started_) ops_.stop(*this);
    {
        const IrqGuard guard{lock_};
        started_ = streaming_ = false;
        waiting_for_buffers_ = true;
        while (done_.pop_front()) {
        }
        while (queued_.pop_front()) {
        }
        owned_ = 0;
        changed_.wake_all();
    }
    for (uint32_t i = 0; i < count_; ++i) {
        unprepare(*buffers_[i]);
        buffers_[i]->state = BufferState::dequeued;
    }
}

void VideoQueue::close(const File& owner) {
    if (owner_ == &owner) release_buffers();
}

}  // namespace kernel
