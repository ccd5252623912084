// The kinds of memory that a process can hand to a device by pointer.
#pragma once

#include <cstdint>
#include <string>

#include "apps/runner/pass_through.hpp"

namespace apps::userptr {

/// A mapping of the process with room for one picture and more, of which `at` is where the picture lies.
class Memory {
public:
    /// Private pages, none next to its neighbour in physical memory.
    static Memory scattered(runner::Size picture);
    /// The same, so that the picture begins and ends within pages.
    static Memory within_pages(runner::Size picture);
    /// The same, and within a cache line.
    static Memory within_a_line(runner::Size picture);
    /// Readable only; the picture is the pattern.
    static Memory read_only(runner::Size picture);
    /// A device's buffer, mapped; contiguous. `lender` holds the buffer of a larger picture.
    static Memory of_device(runner::PassThrough& lender, runner::Size lent);
    /// The same, the picture begins within a page.
    static Memory within_device(runner::PassThrough& lender, runner::Size lent);
    /// A device's buffer to the middle of the picture, private pages behind.
    static Memory mixed(runner::PassThrough& lender, runner::Size picture);
    /// Addresses with nothing behind them.
    static Memory nothing(runner::Size picture);

    Memory(Memory&& o) noexcept;
    Memory& operator=(Memory&&) = delete;
    ~Memory();

    uint8_t* at() const { return base_ + offset_; }
    /// Whether the processor can read it; and write it.
    bool readable() const { return readable_; }
    bool writable() const { return writable_; }
    /// Fills the room around a picture of `bytes`, or counts what has changed there.
    void fill_around(uint32_t bytes);
    uint32_t changed_around(uint32_t bytes) const;
    /// The process lets go of the addresses.
    void unmap();

private:
    Memory(uint8_t* base, uint32_t size, uint32_t offset) : base_{base}, size_{size}, offset_{offset} {}

    uint8_t* base_;
    uint32_t size_;
    uint32_t offset_;
    bool readable_ = true, writable_ = true;
};

}  // namespace apps::userptr
