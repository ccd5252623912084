// The processor as a stage: maps each buffer and works in place, between DMA_BUF_IOCTL_SYNC calls.
#include <linux/dma-buf.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

#include "apps/runner/stage.hpp"
#include "apps/support/error.hpp"
#include "apps/support/fd.hpp"

namespace apps::runner {

namespace {

/// Tells the exporter of the processor's turn with a buffer.
class CpuAccess {
public:
    CpuAccess(int dmabuf, uint64_t access) : dmabuf_{dmabuf}, access_{access} { sync(DMA_BUF_SYNC_START); }
    ~CpuAccess() { sync(DMA_BUF_SYNC_END); }
    CpuAccess(const CpuAccess&) = delete;

private:
    void sync(uint64_t when) const {
        dma_buf_sync s{when | access_};
        if (::ioctl(dmabuf_, DMA_BUF_IOCTL_SYNC, &s) != 0) std::perror("DMA_BUF_IOCTL_SYNC");
    }
    int dmabuf_;
    uint64_t access_;
};

/// One thing to do to a picture's bytes. `luma` is how many of them come first.
struct Operation {
    virtual ~Operation() = default;
    virtual uint64_t access() const = 0;  ///< DMA_BUF_SYNC_*
    virtual void run(uint8_t* bytes, size_t size, size_t luma) = 0;
    virtual void report() {}
};

/// The negative: each sample counts from the other end of its range.
struct Invert final : Operation {
    uint64_t access() const override { return DMA_BUF_SYNC_RW; }
    void run(uint8_t* bytes, size_t size, size_t) override {
        auto* words = reinterpret_cast<uint32_t*>(bytes);  // mappings are page aligned
        for (size_t i = 0; i < size / 4; ++i) words[i] = ~words[i];
    }
};

/// How bright pictures are: a line at the end.
struct Histogram final : Operation {
    uint64_t access() const override { return DMA_BUF_SYNC_READ; }
    void run(uint8_t* bytes, size_t, size_t luma) override {
        const auto* words = reinterpret_cast<const uint32_t*>(bytes);
        for (size_t i = 0; i < luma / 4; ++i) {  // a word a time: the memory is not cached
            const uint32_t w = words[i];
            for (unsigned shift = 0; shift < 32; shift += 8) ++counts[w >> shift & 0xFF];
        }
        ++pictures;
    }
    void report() override {
        uint64_t samples = 0, sum = 0;
        unsigned darkest = 255, brightest = 0;
        for (unsigned v = 0; v < 256; ++v) {
            samples += counts[v];
            sum += counts[v] * v;
            if (counts[v] && v < darkest) darkest = v;
            if (counts[v]) brightest = v;
        }
        std::printf("runner: histogram: %u pictures, luma %u to %u, mean %u\n", pictures, darkest, brightest,
                    samples ? static_cast<unsigned>(sum / samples) : 0);
    }
    uint64_t counts[256] = {};
    unsigned pictures = 0;
};

std::unique_ptr<Operation> operation_of(const std::string& op) {
    if (op == "invert") return std::make_unique<Invert>();
    if (op == "histogram") return std::make_unique<Histogram>();
    throw Error{"cpu: no operation " + op};
}

class CpuStage final : public StageWorker {
public:
    explicit CpuStage(const Stage& stage)
        : operation_{operation_of(stage.op)},
          luma_{size_t{stage.input.size.width} * stage.input.size.height} {}

    std::vector<int> connect(const std::vector<int>& dmabufs) override {
        dmabufs_ = dmabufs;
        for (const int fd : dmabufs) {
            const off_t size = ::lseek(fd, 0, SEEK_END);
            if (size <= 0) throw SystemError{"dma-buf", "lseek"};
            mappings_.emplace_back(fd, static_cast<size_t>(size), 0, "dma-buf");
        }
        return dmabufs;
    }
    void start() override {}
    void put(const Picture& p) override {
        const CpuAccess turn{dmabufs_.at(p.index), operation_->access()};
        const size_t bytes = p.bytes ? p.bytes : mappings_.at(p.index).size();
        operation_->run(static_cast<uint8_t*>(mappings_.at(p.index).data()), bytes, luma_);
        done_.push_back(p);
    }
    void recycle(uint32_t index) override { free_.push_back(index); }
    std::optional<Picture> take() override { return pop(done_); }
    std::optional<uint32_t> take_back() override { return pop(free_); }
    void stop() override { operation_->report(); }
    int fd() const override { return -1; }
    short events() const override { return 0; }

private:
    std::unique_ptr<Operation> operation_;
    size_t luma_;  // bytes
    std::vector<int> dmabufs_;
    std::vector<Mapping> mappings_;
    std::deque<Picture> done_;
    std::deque<uint32_t> free_;
};

}  // namespace

std::unique_ptr<StageWorker> open_cpu(const Stage& stage) { return std::make_unique<CpuStage>(stage); }

}  // namespace apps::runner
