// Names of functions for guest addresses, of the kernel and of several programs whose addresses overlap.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "platform/debug/function_table.hpp"
#include "platform/debug/loaded_files.hpp"
#include "platform/debug/unwind_tables.hpp"

namespace exysim::debug {

/// One ELF file: its symbols, and its bytes to tell whether they are what the guest runs.
class CodeImage {
public:
    /// `name` is for people ("kernel"). An unreadable file gives an empty image. `base`: what is added to the
    /// addresses it was linked for.
    CodeImage(std::string name, const std::string& file, uint32_t base = 0);
    CodeImage(const CodeImage&) = delete;  // its tables read its segments
    CodeImage& operator=(const CodeImage&) = delete;

    const std::string& name() const { return name_; }
    const std::string& file() const { return file_; }
    uint32_t base() const { return base_; }
    const FunctionTable& functions() const { return functions_; }
    bool has_unwind_tables() const { return unwind_.has_value(); }
    const UnwindTables& unwind() const { return *unwind_; }
    /// The word of a loadable segment at `address` as the file has it.
    std::optional<uint32_t> word(uint32_t address) const;

private:
    void use_tables(uint32_t first, uint32_t bytes);
    struct Segment {
        uint32_t address;
        std::vector<uint8_t> bytes;
    };
    std::string name_, file_;
    uint32_t base_;
    FunctionTable functions_;
    std::optional<UnwindTables> unwind_;
    std::vector<Segment> segments_;
};

class CodeImages {
public:
    void add(std::string name, const std::string& file) {
        images_.push_back(std::make_unique<CodeImage>(std::move(name), file));
    }
    /// Programs that lie elsewhere than they were linked for, and libraries, become images when their code is
    /// met: libraries are looked for below `folder`.
    void add_libraries(std::string folder) { folders_.push_back(std::move(folder)); }
    /// The image that has a function at `address` and the very word there that the guest has, or null.
    const CodeImage* owner(uint32_t address, const ReadWord& guest);
    /// Where the function of this name begins, in the first image that has one; parameters may be left out.
    std::optional<uint32_t> address_of(const std::string& function) const;

private:
    const CodeImage* known(uint32_t address, const ReadWord& guest) const;
    /// Adds the file that has been loaded around `address`; false if there is none, or its file is not known.
    bool add_loaded(uint32_t address, const ReadWord& guest);
    std::string file_of(const LoadedFile& loaded, const ReadWord& guest) const;

    std::vector<std::string> folders_;
    std::set<uint32_t> strange_;  // pages of code that no file is known for
    std::vector<std::unique_ptr<CodeImage>> images_;
};

}  // namespace exysim::debug
