// The functions of one ELF file in order of addresses, for quick look-ups.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace exysim::debug {

struct Function {
    uint32_t begin, end;  ///< without the Thumb bit
    std::string name;     ///< demangled
};

class FunctionTable {
public:
    /// Symbols of type FUNC, those for the dynamic linker too; one without a size ends where the next begins.
    /// An unreadable file gives none. `base` is added to all addresses.
    explicit FunctionTable(const std::string& elf_file, uint32_t base = 0);

    /// Whether nothing but what the dynamic linker needs has a name.
    bool stripped() const { return stripped_; }
    /// What a stripped file does not name, within [begin, end), is called by `file` and place, from where
    /// functions are known to begin (`begins`, in order) or from where a named one ends.
    void name_rest(const std::vector<uint32_t>& begins, uint32_t begin, uint32_t end, const std::string& file,
                   uint32_t base);

    /// The function that contains the address, or null.
    const Function* find(uint32_t address) const;
    /// The first of this name, with or without its parameters, or null.
    const Function* named(std::string_view name) const;
    bool empty() const { return functions_.empty(); }

private:
    std::vector<Function> functions_;
    bool stripped_ = true;
};

}  // namespace exysim::debug
