// Connects what the guest's kernel tells (models/system/simctl.hpp), and the interrupts that it takes, to the
// watchers.
#pragma once

#include <string>

#include "platform/board/machine.hpp"
#include "platform/observe/buffer_watch.hpp"
#include "platform/observe/frame_watch.hpp"
#include "platform/observe/shared_buffers.hpp"
#include "platform/observe/timeline.hpp"

namespace exysim::cli {

/// Splits software's time of each frame: what the guest's events say, where the machine has the channel, and
/// when the capture device's interrupt was taken. All must live as long as the simulation.
void attach_software(board::Machine& machine, const std::string& camera, observe::FrameWatch& frames);

/// Keeps account of who has which buffer.
void attach_buffers(system::Simctl& simctl, observe::BufferWatch& buffers);

/// Keeps account of memory shared with devices, of whatever kind.
void attach_shared_buffers(system::Simctl& simctl, observe::SharedBuffers& shared);

/// Where a task takes a frame's buffer from a device or gives it to one.
void attach_buffer_flow(board::Machine& machine, const observe::FrameTracker& frames,
                        observe::Timeline& timeline);

/// Tasks and their spans as tracks.
void attach_guest_tracks(system::Simctl& simctl, observe::Timeline& timeline);

}  // namespace exysim::cli
