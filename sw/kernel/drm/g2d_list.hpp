// A program's command list for the 2D engine: which registers it may write, and that every rectangle the
// engine will touch lies in the program's own buffers.
#pragma once

#include "dma/user_mapping.hpp"
#include "drm/events.hpp"
#include "drm/handle_table.hpp"
#include "gpu/g2d.hpp"

namespace kernel::drm {

class G2dSession;

class G2dList {
public:
    static constexpr uint32_t kMostBuffers = 6;  ///< address registers there are

    explicit G2dList(const G2d& engine) : engine_{engine} {}

    /// One pair of the list. Address registers take device addresses inside buffers of `handles`. Errors:
    /// kInval no register for programs, or too many; kFault an address that is in no buffer.
    Result<> add_command(const drm_exynos_g2d_cmd& command, HandleTable& handles);
    /// One address register with a buffer's handle or, marked G2D_BUF_USERPTR, the address of a struct
    /// drm_exynos_g2d_userptr. Errors: kInval no register for an address, no bytes; kFault no such handle,
    /// nothing at the address; and those of mapping it.
    Result<> add_buffer(const drm_exynos_g2d_cmd& command, HandleTable& handles);
    /// When all is added. Errors: kFault something the engine would touch lies outside its buffer; kNotSup a
    /// setting whose extent is not known.
    Result<> check() const;

    /// Before it runs.
    void hand_to_device() const;
    /// When it has run: what the engine wrote is the program's to read. Any context.
    void take_from_device() const;
    std::span<const G2dWrite> writes() const { return {writes_, count_}; }

    ListNode node;  ///< in the session's lists
    G2dJob job;
    G2dSession* session = nullptr;
    Event* event = nullptr;  ///< to be sent when it is done
    uint32_t number = 0;     ///< in its EXEC, from 1

private:
    /// What an address register points to: a GEM object or a process's memory.
    struct Buffer {
        uint32_t offset = 0;  ///< of the register
        uint32_t bytes = 0;   ///< from the address to the end of the object or the memory
        Ref<GemObject> object;
        Ref<UserMapping> user;
    };
    struct Surface;

    Result<> add_write(uint32_t offset, uint32_t value);
    Result<> add_user_memory(uint32_t offset, UserAddr description);
    Result<> set_buffer(Buffer buffer);
    const Buffer* buffer_at(uint32_t offset) const;
    bool speaks_for_object(const Buffer& b) const;
    uint32_t value(uint32_t offset) const;
    Result<> check_surface(const Surface& surface) const;
    Result<> check_pattern() const;
    Result<> check_mask() const;
    Result<> check_stretch() const;

    const G2d& engine_;
    G2dWrite writes_[G2dJob::kMostWrites];
    uint32_t count_ = 0;
    Buffer buffers_[kMostBuffers];
    uint32_t buffer_count_ = 0;
};

}  // namespace kernel::drm
