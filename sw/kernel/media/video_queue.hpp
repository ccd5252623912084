// The buffers of a streaming video device (what Linux calls videobuf2): allocation, pinning or import, who
// owns which buffer, waiting, and the ioctls on them. Errno values and flags are videobuf2's.
//
//   dequeued --QBUF--> queued --(driver)--> active --done()--> done --DQBUF--> dequeued
//
// All ioctls here speak the multi-planar API; video_device.cpp translates the single-planar one.
#pragma once

#include "core/event_channel.hpp"
#include "core/file.hpp"
#include "core/list.hpp"
#include "core/lock.hpp"
#include "core/wait.hpp"
#include "media/buffer_queue.hpp"
#include "media/plane_memory.hpp"

namespace kernel {

enum class BufferState : uint8_t { dequeued, queued, active, done, error };
inline constexpr uint32_t kMostPlanes = 4;

struct VideoPlane {
    uint32_t length = 0;  ///< bytes it must have, as allocated
    uint32_t bytes_used = 0;
    uint32_t data_offset = 0;
    Unique<PlaneMemory> memory;
    int fd = -1;         ///< DMABUF: as the user last gave it
    UserAddr user;       ///< USERPTR: likewise
    uint32_t given = 0;  ///< bytes the user says are there
};

struct VideoBuffer {
    ListNode node;  ///< in the queue's lists while queued or done, in the driver's while active
    uint32_t index = 0;
    BufferState state = BufferState::dequeued;
    bool prepared = false;  ///< memory is mapped and in the device's hands
    uint32_t plane_count = 0;
    VideoPlane planes[kMostPlanes];
    uint32_t sequence = 0;
    timeval timestamp{};
    uint32_t kept_flags = 0;  ///< what a program says of a frame: key frame, time code...
    v4l2_timecode timecode{};

    Iova iova(uint32_t plane = 0) const { return planes[plane].memory->iova(); }
    VirtAddr cpu(uint32_t plane = 0) const { return planes[plane].memory->cpu(); }
};

/// What the queue asks of the driver behind it.
struct VideoQueueOps {
    virtual ~VideoQueueOps() = default;
    /// Planes a buffer of the present format needs, and the bytes of each.
    virtual uint32_t plane_count(const class VideoQueue& queue) const = 0;
    virtual uint32_t plane_size(const class VideoQueue& queue, uint32_t plane) const = 0;
    /// Takes over a buffer, in any context with interrupts masked.
    virtual void take(class VideoQueue& queue, VideoBuffer& buffer) = 0;
    /// Starts and stops the hardware. After stop() the driver holds no buffer of this queue.
    virtual Result<> start(class VideoQueue& queue) = 0;
    virtual void stop(class VideoQueue& queue) = 0;
};

class VideoQueue final : public BufferQueue {
public:
    static constexpr uint32_t kMost = 32;

    struct Setup {
        v4l2_buf_type type;
        uint32_t min_queued = 1;  ///< start() is called once that many buffers are queued after STREAMON
        bool copies_timestamps = false;  ///< memory to memory
        bool user_pointers = true;
        uint64_t offset_base = 0;  ///< of mmap cookies
    };
    VideoQueue(VideoQueueOps& ops, const Setup& setup) : ops_{ops}, setup_{setup} {}
    ~VideoQueue() override { release_buffers(); }

    void set_user(const DmaDevice& device, PlaneAllocator allocator, const char* name);

    // The ioctls. Who requests buffers owns the queue until it releases them.
    Result<> request_buffers(const File& owner, v4l2_requestbuffers& request) override;
    Result<> create_buffers(const File& owner, v4l2_create_buffers& request, const uint32_t* sizes,
                            uint32_t count) override;
    Result<> query_buffer(v4l2_buffer& buffer, v4l2_plane* planes) const override;
    Result<> prepare_buffer(const File& owner, v4l2_buffer& buffer, v4l2_plane* planes) override;
    Result<> queue_buffer(const File& owner, v4l2_buffer& buffer, v4l2_plane* planes) override;
    Result<> dequeue_buffer(const File& owner, v4l2_buffer& buffer, v4l2_plane* planes) override;
    Result<> export_buffer(v4l2_exportbuffer& request) const override;
    Result<> stream_on(const File& owner) override;
    Result<> stream_off(const File& owner) override;
    Result<> mmap(Vma& vma) override;
    uint32_t poll(PollTable* table) override;
    void close(const File& owner) override;

    bool busy() const override { return count_ != 0; }
    bool owned_by_other(const File& file) const override { return owner_ && owner_ != &file; }
    bool streaming() const { return streaming_; }
    bool started() const { return started_; }
    uint32_t type() const { return setup_.type; }
    bool is_output() const { return V4L2_TYPE_IS_OUTPUT(setup_.type); }
    const PlaneUser& user() const { return user_; }

    /// The driver gives a buffer back; from interrupt handlers too. Of a capture buffer all planes are full.
    void done(VideoBuffer& buffer, BufferState state, uint32_t sequence, uint64_t timestamp_ns);

private:
    Result<> check_owner(const File& owner) const;
    Result<> check_memory(uint32_t memory) const;
    uint32_t capabilities() const;
    Result<> allocate(uint32_t count, const uint32_t* sizes, uint32_t planes);
    Result<Unique<VideoBuffer>> make_buffer(const uint32_t* sizes, uint32_t planes);
    void release_buffers();

    Result<VideoBuffer*> find(const v4l2_buffer& asked) const;
    Result<> check_planes(const VideoBuffer& b, const v4l2_buffer& buffer) const;
    Result<> take_payload(VideoBuffer& b, const v4l2_plane* planes) const;
    Result<> acquire(VideoBuffer& b, const v4l2_plane* planes);
    Result<> acquire_user(VideoPlane& p, const v4l2_plane& given);
    Result<> acquire_import(VideoPlane& p, const v4l2_plane& given);
    Result<> prepare(VideoBuffer& b, const v4l2_buffer& buffer, const v4l2_plane* planes);
    void take_marks(VideoBuffer& b, const v4l2_buffer& buffer) const;
    void unprepare(VideoBuffer& b) const;
    void describe(const VideoBuffer& b, v4l2_buffer& buffer, v4l2_plane* planes) const;
    uint64_t cookie(uint32_t index, uint32_t plane) const;

    void hand_over();
    /// The simulator, if it listens, of a step in a buffer's life.
    void tell(KernelEvent event, const VideoBuffer& b) const;
    Result<VideoBuffer*> wait_done(const File& owner);
    Result<> start_if_ready();
    void stop();

    VideoQueueOps& ops_;
    Setup setup_;
    PlaneUser user_;

    const File* owner_ = nullptr;
    uint32_t memory_ = 0;
    bool cached_ = false;  // V4L2_MEMORY_FLAG_NON_COHERENT
    uint32_t count_ = 0;
    Unique<VideoBuffer> buffers_[kMost];
    bool streaming_ = false;           // STREAMON was called
    bool started_ = false;             // and the driver runs
    bool waiting_for_buffers_ = true;  // nothing was queued since the last STREAMOFF
    uint32_t owned_ = 0;               // buffers queued or active
    List<VideoBuffer, &VideoBuffer::node> queued_, done_;
    IrqLock lock_;  // guards states and lists against interrupt handlers
    WaitQueue changed_;
};

}  // namespace kernel
