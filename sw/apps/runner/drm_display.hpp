// A DRM plane as a pipeline's display: PRIME import, a framebuffer for each buffer, one page flip a picture.
#pragma once

#include <deque>

#include "apps/runner/drm_card.hpp"
#include "apps/runner/sink.hpp"

namespace apps::runner {

class DrmDisplay final : public Display {
public:
    DrmDisplay(const Sink& sink, const Buffers& buffers);

    void import(const std::vector<int>& dmabufs) override;
    void show(uint32_t index, uint32_t bytes) override;
    int fd() const override { return card_.fd(); }
    short events() const override;
    std::optional<uint32_t> take_back() override;
    void stop() override;
    uint64_t frame_period_ns() const override;
    const std::string& node() const override { return card_.node(); }

private:
    void flip();
    void switch_on(AtomicRequest& request) const;
    void place(AtomicRequest& request) const;

    DrmCard card_;
    DrmCard::Output output_;
    drm_mode_modeinfo mode_{};
    PictureLayout layout_;
    uint32_t plane_ = 0, plane_fb_ = 0;  // plane and its property FB_ID
    std::vector<uint32_t> framebuffers_;
    std::deque<uint32_t> waiting_;            // to be flipped to, oldest first
    std::optional<uint32_t> coming_, shown_;  // programmed; on the screen
    bool running_ = false;
};

}  // namespace apps::runner
