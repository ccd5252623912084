// The buffers of a streaming video device (what Linux calls videobuf2): allocation or import, who owns which
// buffer, waiting, and the ioctls on them. Multi-planar API with one plane.
//
//   dequeued --QBUF--> queued --(driver)--> active --done()--> done --DQBUF--> dequeued
#pragma once

#include "core/file.hpp"
#include "core/list.hpp"
#include "core/lock.hpp"
#include "core/wait.hpp"
#include "dma/dma_device.hpp"
#include "dmabuf/dma_buf.hpp"
#include "media/videodev.hpp"

namespace kernel {

enum class BufferState : uint8_t { dequeued, queued, active, done, error };

struct VideoBuffer {
    ListNode node;  ///< in the queue's lists while queued or done, in the driver's while active
    uint32_t index = 0;
    BufferState state = BufferState::dequeued;
    uint32_t length = 0;  ///< bytes of the plane
    uint32_t bytes_used = 0;
    uint32_t sequence = 0;
    uint64_t timestamp_ns = 0;
    Iova iova;  ///< where the device finds it, while memory is attached

    Ref<DmaPages> pages;  ///< MMAP: our own memory
    int fd = -1;          ///< DMABUF: as the user last gave it
    Ref<DmaBuf> imported;
    Unique<DmaBufAttachment> attachment;
    bool mapped = false;  ///< `iova` is valid
};

/// What the queue asks of the driver behind it.
struct VideoQueueOps {
    virtual ~VideoQueueOps() = default;
    /// Bytes a buffer of the present format needs.
    virtual uint32_t buffer_size() const = 0;
    /// Takes over a buffer, in any context with interrupts masked.
    virtual void take(VideoBuffer& buffer) = 0;
    /// Starts and stops the hardware. After stop() the driver holds no buffer.
    virtual Result<> start() = 0;
    virtual void stop() = 0;
};

class VideoQueue {
public:
    static constexpr uint32_t kMost = 32;

    /// `min_queued`: start() is called once that many buffers are queued after STREAMON.
    VideoQueue(VideoQueueOps& ops, v4l2_buf_type type, DmaDirection direction, uint32_t min_queued)
        : ops_{ops}, type_{type}, direction_{direction}, min_queued_{min_queued} {}

    void set_device(const DmaDevice& device, const char* name) {
        device_ = device;
        name_ = name;
    }

    // The ioctls. `owner` is the open file that asks: who requests buffers owns the queue until it releases
    // them.
    Result<> request_buffers(const File& owner, v4l2_requestbuffers& request);
    Result<> query_buffer(v4l2_buffer& buffer, v4l2_plane& plane) const;
    Result<> queue_buffer(const File& owner, v4l2_buffer& buffer, v4l2_plane& plane);
    Result<> dequeue_buffer(const File& owner, v4l2_buffer& buffer, v4l2_plane& plane);
    Result<> export_buffer(v4l2_exportbuffer& request) const;
    Result<> stream_on(const File& owner);
    Result<> stream_off(const File& owner);
    Result<> mmap(Vma& vma) const;
    uint32_t poll(PollTable* table);
    /// The file goes: stops and frees what it owns.
    void close(const File& owner);

    /// A format may change only while there are no buffers.
    bool busy() const { return count_ != 0; }
    bool streaming() const { return streaming_; }
    uint32_t type() const { return type_; }

    /// The driver gives a buffer back; from interrupt handlers too.
    void done(VideoBuffer& buffer, BufferState state, uint32_t bytes, uint32_t sequence,
              uint64_t timestamp_ns);

private:
    Result<> check_owner(const File& owner) const;
    Result<> allocate(uint32_t count);
    void release_buffers();
    Result<> import(VideoBuffer& buffer, int fd);
    void unmap(VideoBuffer& buffer) const;
    void drop_import(VideoBuffer& buffer) const;
    Result<VideoBuffer*> find(const v4l2_buffer& asked) const;
    void describe(const VideoBuffer& b, v4l2_buffer& buffer, v4l2_plane& plane) const;
    void hand_over();
    Result<VideoBuffer*> wait_done(const File& owner);
    Result<> start_if_ready();
    void stop();

    VideoQueueOps& ops_;
    v4l2_buf_type type_;
    DmaDirection direction_;
    uint32_t min_queued_;
    DmaDevice device_;
    const char* name_ = "";

    const File* owner_ = nullptr;
    uint32_t memory_ = 0;
    uint32_t count_ = 0;
    Unique<VideoBuffer> buffers_[kMost];
    bool streaming_ = false;  // STREAMON was called
    bool started_ = false;    // and the driver runs
    uint32_t owned_ = 0;      // buffers queued or active
    List<VideoBuffer, &VideoBuffer::node> queued_, done_;
    IrqLock lock_;  // guards states and lists against interrupt handlers
    WaitQueue changed_;
};

}  // namespace kernel
