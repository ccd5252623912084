// What an open video node asks of the buffers behind it: the ioctls, mmap and poll. Two layers answer:
// VideoQueue (videobuf2's rules) and LegacyQueue (those of the videobuf before it).
#pragma once

#include "core/file.hpp"
#include "core/poll.hpp"
#include "core/result.hpp"
#include "media/videodev.hpp"

namespace kernel {

struct Vma;

/// `owner` is the open file that asks. `planes` has room for four; buffer.length says how many the user gave.
struct BufferQueue {
    virtual ~BufferQueue() = default;
    virtual Result<> request_buffers(const File& owner, v4l2_requestbuffers& request) = 0;
    /// `sizes` of the format given, `count` planes. Errors: kInval for too small ones, kNoTty not there.
    virtual Result<> create_buffers(const File& owner, v4l2_create_buffers& request, const uint32_t* sizes,
                                    uint32_t count) = 0;
    virtual Result<> query_buffer(v4l2_buffer& buffer, v4l2_plane* planes) const = 0;
    virtual Result<> prepare_buffer(const File& owner, v4l2_buffer& buffer, v4l2_plane* planes) = 0;
    virtual Result<> queue_buffer(const File& owner, v4l2_buffer& buffer, v4l2_plane* planes) = 0;
    virtual Result<> dequeue_buffer(const File& owner, v4l2_buffer& buffer, v4l2_plane* planes) = 0;
    virtual Result<> export_buffer(v4l2_exportbuffer& request) const = 0;
    virtual Result<> stream_on(const File& owner) = 0;
    virtual Result<> stream_off(const File& owner) = 0;
    /// Errors: kInval for an offset that is not ours.
    virtual Result<> mmap(Vma& vma) = 0;
    virtual uint32_t poll(PollTable* table) = 0;
    /// The file goes: stops and frees what it owns.
    virtual void close(const File& owner) = 0;

    /// A format may change only while there are no buffers.
    virtual bool busy() const = 0;
    virtual bool owned_by_other(const File& file) const = 0;
};

}  // namespace kernel
