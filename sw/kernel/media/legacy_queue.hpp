// The buffers of a capture device as the older videobuf layer kept them, on vmalloc memory: single-planar,
// memory that comes into being when a program maps it, no descriptors, no CREATE_BUFS. A memory type that it
// does not know is kInval, without a word in the log: the type is younger than the layer, and programs ask
// for it to find out.
//
//   idle --QBUF--> queued --take()--> active --done()--> done --DQBUF--> idle
#pragma once

#include "core/list.hpp"
#include "core/lock.hpp"
#include "core/wait.hpp"
#include "media/buffer_queue.hpp"
#include "media/plane_memory.hpp"

namespace kernel {

struct LegacyBuffer {
    enum class State : uint8_t { idle, queued, active, done };
    ListNode node;  ///< in queued_, later in done_
    uint32_t index = 0;
    State state = State::idle;
    Unique<PlaneMemory> memory;
    UserAddr user;  ///< USERPTR
    uint32_t sequence = 0;
    timeval timestamp{};

    VirtAddr cpu() const { return memory->cpu(); }
};

class LegacyQueue final : public BufferQueue {
public:
    static constexpr uint32_t kMost = 32;  // VIDEO_MAX_FRAME
    struct Device {
        virtual ~Device() = default;
        virtual uint32_t picture_bytes() const = 0;
        virtual Result<> start() = 0;
        /// The device lets go of what it took.
        virtual void stop() = 0;
    };
    LegacyQueue(Device& device, const char* name);
    ~LegacyQueue() override { release(); }

    Result<> request_buffers(const File& owner, v4l2_requestbuffers& request) override;
    Result<> create_buffers(const File&, v4l2_create_buffers&, const uint32_t*, uint32_t) override {
        return Errno::kNoTty;
    }
    Result<> query_buffer(v4l2_buffer& buffer, v4l2_plane* planes) const override;
    Result<> prepare_buffer(const File&, v4l2_buffer&, v4l2_plane*) override { return Errno::kNoTty; }
    Result<> queue_buffer(const File& owner, v4l2_buffer& buffer, v4l2_plane* planes) override;
    Result<> dequeue_buffer(const File& owner, v4l2_buffer& buffer, v4l2_plane* planes) override;
    Result<> export_buffer(v4l2_exportbuffer&) const override { return Errno::kNoTty; }
    Result<> stream_on(const File& owner) override;
    Result<> stream_off(const File& owner) override;
    Result<> mmap(Vma& vma) override;
    uint32_t poll(PollTable* table) override;
    void close(const File& owner) override;
    bool busy() const override { return count_ != 0; }
    bool owned_by_other(const File& file) const override { return owner_ && owner_ != &file; }

    /// The device's side: the oldest queued buffer, or null; and back with a picture in it.
    LegacyBuffer* take();
    void done(LegacyBuffer& buffer, uint32_t sequence, uint64_t timestamp_ns);

private:
    Result<LegacyBuffer*> find(const v4l2_buffer& asked) const;
    Result<> check_owner(const File& owner) const;
    Result<> bring_memory(LegacyBuffer& b, const v4l2_plane& given) const;
    Result<> pin(LegacyBuffer& b, UserAddr at, uint32_t bytes) const;
    void describe(const LegacyBuffer& b, v4l2_buffer& buffer, v4l2_plane& plane) const;
    void stop();
    void release();

    Device& device_;
    const PlaneUser user_;
    const File* owner_ = nullptr;
    uint32_t memory_ = 0;
    uint32_t bytes_ = 0;  // of a buffer
    uint32_t count_ = 0;
    Unique<LegacyBuffer> buffers_[kMost];
    bool streaming_ = false;
    IrqLock lock_;  // of states and lists
    List<LegacyBuffer, &LegacyBuffer::node> queued_, done_;
    WaitQueue changed_;
};

}  // namespace kernel
