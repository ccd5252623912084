#include "platform/debug/call_stack.hpp"

namespace exysim::debug {

namespace {

constexpr unsigned kFp = 11, kSp = 13, kLr = 14, kPc = 15;

/// The call that returns to `address`: a byte of it, whatever its length and the Thumb bit.
uint32_t call_before(uint32_t address) { return (address & ~1U) - 2; }

class Walk {
public:
    Walk(CodeImages& images, const CodeImage& image, const FrameRegisters& frame, const ReadWord& stack,
         std::vector<Frame>& calls)
        : images_{images}, image_{&image}, frame_{frame}, stack_{stack}, calls_{calls} {}

    bool run() {
        const Function* function = image_->functions().find(frame_[kPc]);
        calls_.push_back({frame_[kPc], image_, function});
        if (!function) return true;
        if (frame_[kPc] == function->begin && !call_returning_to(frame_[kLr])) return true;
        if (image_->has_unwind_tables()) return by_tables();
        by_frame_pointers();
        return true;
    }

private:
    bool call_returning_to(uint32_t address) {
        if (calls_.size() >= kMostFrames) return false;
        const uint32_t call = call_before(address);
        const Function* function = function_at(call);
        if (!function) return false;
        frame_[kPc] = address & ~1U;
        calls_.push_back({call, image_, function});
        return true;
    }
    /// In the present image, or in another one with tables, which is the present one then.
    const Function* function_at(uint32_t address) {
        if (const Function* here = image_->functions().find(address)) return here;
        if (!image_->has_unwind_tables()) return nullptr;
        const CodeImage* other = images_.owner(address, stack_);
        if (!other || !other->has_unwind_tables()) return nullptr;
        image_ = other;
        return other->functions().find(address);
    }

    bool by_tables() {
        for (;;) {
            const uint32_t sp = frame_[kSp];
            if (!image_->unwind().step(calls_.back().address, frame_, stack_)) return false;
            const bool outwards = frame_[kSp] > sp || calls_.size() == 1;
            if (!outwards || !call_returning_to(frame_[kPc])) return true;
        }
    }

    void by_frame_pointers() {
        uint32_t fp = frame_[kFp];
        const auto top = stack_(fp);
        const bool leaf = calls_.size() == 1 && top && !image_->functions().find(call_before(*top));
        if (leaf && call_returning_to(frame_[kLr])) fp = *top;
        while (fp % 4 == 0 && fp >= 4) {
            const auto returns_to = stack_(fp), next = stack_(fp - 4);
            if (!returns_to || !next || !call_returning_to(*returns_to)) return;
            if (*next <= fp) return;  // stacks grow down: callers' frames lie above
            fp = *next;
        }
    }

    CodeImages& images_;
    const CodeImage* image_;
    FrameRegisters frame_;
    const ReadWord& stack_;
    std::vector<Frame>& calls_;
};

}  // namespace

bool walk_stack(CodeImages& images, const CodeImage& image, const FrameRegisters& frame,
                const ReadWord& stack, std::vector<Frame>& calls) {
    return Walk{images, image, frame, stack, calls}.run();
}

}  // namespace exysim::debug
