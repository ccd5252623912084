// The initrd's format: cpio "newc", a header of hexadecimal fields, the name, the data, each padded to 4
// bytes, ended by an entry called TRAILER!!!.
#pragma once

#include "core/result.hpp"
#include "core/string.hpp"

namespace kernel {

struct CpioEntry {
    Text name;  ///< without a leading slash
    uint32_t mode = 0;
    const uint8_t* data = nullptr;
    uint32_t size = 0;
};

class CpioReader {
public:
    CpioReader(const uint8_t* archive, uint32_t size) : at_{archive}, left_{size} {}
    /// The next entry; false after the last. Errors: kInval for anything that is not such an archive.
    Result<bool> next(CpioEntry& entry);

private:
    const uint8_t* at_;
    uint32_t left_;
};

}  // namespace kernel
