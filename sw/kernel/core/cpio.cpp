#include "core/cpio.hpp"

namespace kernel {

namespace {

constexpr uint32_t kHeader = 110, kMode = 14, kFileSize = 54,
                   kNameSize = 94;  // byte offsets of 8-digit fields

Result<uint32_t> hex8(const uint8_t* at) {
    uint32_t value = 0;
    for (int i = 0; i < 8; ++i) {
        const uint8_t c = at[i];
        uint32_t digit;
        if (c >= '0' && c <= '9') {
            digit = c - '0';
        } else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
            digit = (c | 0x20) - 'a' + 10;
        } else {
            return Errno::kInval;
        }
        value = value << 4 | digit;
    }
    return value;
}

constexpr uint64_t padded(uint64_t n) { return (n + 3) & ~uint64_t{3}; }

}  // namespace

Result<bool> CpioReader::next(CpioEntry& entry) {
    if (left_ == 0) return false;
    if (left_ < kHeader || memcmp(at_, "070701", 6) != 0) return Errno::kInval;
    const uint32_t name_size = TRY(hex8(at_ + kNameSize));
    const uint32_t file_size = TRY(hex8(at_ + kFileSize));
    const uint64_t data_at = padded(uint64_t{kHeader} + name_size);
    const uint64_t total = padded(data_at + file_size);
    if (name_size == 0 || data_at + file_size > left_) return Errno::kInval;
    entry.mode = TRY(hex8(at_ + kMode));
    entry.name = Text{reinterpret_cast<const char*>(at_ + kHeader), name_size - 1};
    while (entry.name.starts_with("/")) entry.name = entry.name.from(1);
    entry.data = at_ + data_at;
    entry.size = file_size;
    if (entry.name == Text{"TRAILER!!!"}) return false;
    const uint32_t step = total < left_ ? static_cast<uint32_t>(total) : left_;
    at_ += step;
    left_ -= step;
    return true;
}

}  // namespace kernel
