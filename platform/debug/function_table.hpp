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

    /// Functions that begin there have no name: they are called by `file` and place, as far as no other
    /// function lies there. In order.
    void add_unnamed(const std::vector<uint32_t>& begins, uint32_t end, const std::string& file,
                     uint32_t base);

    /// The function that contains the address, or null.
    const Function* find(uint32_t address) const;
    /// The first of this name, with or without its parameters, or null.
    const Function* named(std::string_view name) const;
    bool empty() const { return functions_.empty(); }

private:
    std::vector<Function> functions_;
};

}  // namespace exysim::debug
