// Names of functions for guest addresses, of the kernel and of several programs whose addresses overlap.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "platform/debug/function_table.hpp"
#include "platform/debug/unwind_tables.hpp"

namespace exysim::debug {

/// One ELF file: its symbols, and its bytes to tell whether they are what the guest runs.
class CodeImage {
public:
    /// `name` is for people ("kernel"). An unreadable file gives an empty image.
    CodeImage(std::string name, const std::string& file);
    CodeImage(const CodeImage&) = delete;  // its tables read its segments
    CodeImage& operator=(const CodeImage&) = delete;

    const std::string& name() const { return name_; }
    const std::string& file() const { return file_; }
    const FunctionTable& functions() const { return functions_; }
    bool has_unwind_tables() const { return unwind_.has_value(); }
    const UnwindTables& unwind() const { return *unwind_; }
    /// The word of a loadable segment at `address` as the file has it.
    std::optional<uint32_t> word(uint32_t address) const;

private:
    struct Segment {
        uint32_t address;
        std::vector<uint8_t> bytes;
    };
    std::string name_, file_;
    FunctionTable functions_;
    std::optional<UnwindTables> unwind_;
    std::vector<Segment> segments_;
};

class CodeImages {
public:
    void add(std::string name, const std::string& file) {
        images_.push_back(std::make_unique<CodeImage>(std::move(name), file));
    }
    /// The image that has a function at `address` and the very word there that the guest has, or null.
    const CodeImage* owner(uint32_t address, const ReadWord& guest) const;
    /// Where the function of this name begins, in the first image that has one; parameters may be left out.
    std::optional<uint32_t> address_of(const std::string& function) const;

private:
    std::vector<std::unique_ptr<CodeImage>> images_;
};

}  // namespace exysim::debug
