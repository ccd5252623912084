// A memory-to-memory device as a stage: imports what comes in, exports what goes out. The CPU touches no
// pixel.
#include <poll.h>

#include "apps/runner/camera.hpp"
#include "apps/runner/stage.hpp"
#include "apps/runner/v4l2_device.hpp"
#include "apps/support/error.hpp"

namespace apps::runner {

namespace {

class Converter final : public StageWorker {
public:
    explicit Converter(const Stage& stage)
        : in_{V4l2Device::find_converter(stage.device)},
          out_{in_.other_side(Queue::capture)},
          wanted_{stage.output} {
        if (stage.op == "rotate") in_.set_control(V4L2_CID_ROTATE, static_cast<int32_t>(stage.angle));
        if (stage.op == "flip")
            in_.set_control(stage.axis == "vertical" ? V4L2_CID_VFLIP : V4L2_CID_HFLIP, 1);
        in_.set_format(stage.input.format, stage.input.size);
        out_.set_format(stage.output.format, stage.output.size);
    }

    std::vector<int> connect(const std::vector<int>& dmabufs) override {
        inputs_ = dmabufs;
        const auto count = static_cast<uint32_t>(dmabufs.size());
        if (in_.request_buffers(count, V4L2_MEMORY_DMABUF) < count)
            throw Error{in_.node() + ": too few buffers"};
        std::vector<int> made;
        outputs_ = make_buffers(out_, wanted_);
        for (const Fd& fd : outputs_) made.push_back(fd.get());
        return made;
    }
    void start() override {
        for (uint32_t i = 0; i < outputs_.size(); ++i) out_.queue({.index = i});
        in_.stream_on();
        out_.stream_on();
    }
    void put(const Picture& p) override {
        in_.queue({.index = p.index, .fd = inputs_.at(p.index), .bytes = p.bytes});
    }
    void recycle(uint32_t index) override { out_.queue({.index = index}); }
    std::optional<Picture> take() override {
        const auto slot = out_.try_dequeue();
        if (!slot) return {};
        return Picture{slot->index, slot->bytes};
    }
    std::optional<uint32_t> take_back() override {
        const auto slot = in_.try_dequeue();
        if (!slot) return {};
        return slot->index;
    }
    void stop() override {
        in_.stream_off();
        out_.stream_off();
    }
    int fd() const override { return in_.fd(); }
    short events() const override { return POLLIN | POLLOUT; }

private:
    V4l2Device in_, out_;
    Buffers wanted_;
    std::vector<int> inputs_;
    std::vector<Fd> outputs_;
};

}  // namespace

std::unique_ptr<StageWorker> open_converter(const Stage& stage) { return std::make_unique<Converter>(stage); }

std::unique_ptr<StageWorker> open_stage(const Stage& stage) {
    if (stage.device == "cpu") return open_cpu(stage);
    if (stage.op == "inset") return open_inset(stage);
    return stage.device == "g2d" ? open_g2d(stage) : open_converter(stage);
}

}  // namespace apps::runner
