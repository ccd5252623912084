#include "platform/debug/function_table.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gelf.h>
#include <libelf.h>
#include <unistd.h>

#include <algorithm>

#include "platform/debug/demangle.hpp"

namespace exysim::debug {

namespace {

constexpr uint32_t kLongestUnsized = 4096;  // bytes: assembly without .size

void add_symbols(Elf* elf, Elf_Scn* section, const GElf_Shdr& header, std::vector<Function>& functions) {
    Elf_Data* data = elf_getdata(section, nullptr);
    const size_t count = header.sh_entsize != 0 ? header.sh_size / header.sh_entsize : 0;
    for (size_t i = 0; data && i < count; ++i) {
        GElf_Sym symbol;
        if (!gelf_getsym(data, static_cast<int>(i), &symbol) || GELF_ST_TYPE(symbol.st_info) != STT_FUNC ||
            symbol.st_shndx == SHN_UNDEF)
            continue;
        const char* name = elf_strptr(elf, header.sh_link, symbol.st_name);
        const auto begin = static_cast<uint32_t>(symbol.st_value) & ~1U;
        if (name) functions.push_back({begin, begin + static_cast<uint32_t>(symbol.st_size), name});
    }
}

/// In order, one a place: of several names the shortest mangled one, whatever order the file has them in.
void settle(std::vector<Function>& functions) {
    std::sort(functions.begin(), functions.end(), [](const Function& a, const Function& b) {
        if (a.begin != b.begin) return a.begin < b.begin;
        if (a.end != b.end) return a.end > b.end;
        return a.name.size() != b.name.size() ? a.name.size() < b.name.size() : a.name < b.name;
    });
    const auto same = [](const Function& a, const Function& b) { return a.begin == b.begin; };
    functions.erase(std::unique(functions.begin(), functions.end(), same), functions.end());
    for (size_t i = 0; i < functions.size(); ++i) {
        Function& f = functions[i];
        if (f.end == f.begin)
            f.end = i + 1 < functions.size() ? std::min(functions[i + 1].begin, f.begin + kLongestUnsized)
                                             : f.begin + kLongestUnsized;
        f.name = demangled(f.name.c_str());
    }
}

}  // namespace

FunctionTable::FunctionTable(const std::string& elf_file, uint32_t base) {
    elf_version(EV_CURRENT);
    const int fd = ::open(elf_file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    Elf* elf = elf_begin(fd, ELF_C_READ, nullptr);
    for (Elf_Scn* section = nullptr; elf && (section = elf_nextscn(elf, section));) {
        GElf_Shdr header;
        const bool symbols =
            gelf_getshdr(section, &header) && (header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM);
        if (symbols) stripped_ = stripped_ && header.sh_type != SHT_SYMTAB;
        if (symbols) add_symbols(elf, section, header, functions_);
    }
    elf_end(elf);
    ::close(fd);
    settle(functions_);
    for (Function& f : functions_) {
        f.begin += base;
        f.end += base;
    }
}

void FunctionTable::name_rest(const std::vector<uint32_t>& begins, uint32_t begin, uint32_t end,
                              const std::string& file, uint32_t base) {
    std::vector<uint32_t> edges{begin};
    for (const uint32_t at : begins) edges.push_back(std::clamp(at, begin, end));
    for (const Function& f : functions_) edges.insert(edges.end(), {f.begin, f.end});
    edges.push_back(end);
    std::sort(edges.begin(), edges.end());
    std::vector<Function> unnamed;
    for (size_t i = 0; i + 1 < edges.size(); ++i) {
        const bool inside = edges[i] >= begin && edges[i + 1] <= end && edges[i] < edges[i + 1];
        if (inside && !find(edges[i]))
            unnamed.push_back({edges[i], edges[i + 1], fmt::format("{}+{:#x}", file, edges[i] - base)});
    }
    functions_.insert(functions_.end(), unnamed.begin(), unnamed.end());
    std::sort(functions_.begin(), functions_.end(),
              [](const Function& a, const Function& b) { return a.begin < b.begin; });
}

const Function* FunctionTable::find(uint32_t address) const {
    const auto after = std::upper_bound(functions_.begin(), functions_.end(), address,
                                        [](uint32_t a, const Function& f) { return a < f.begin; });
    if (after == functions_.begin()) return nullptr;
    const Function& f = *std::prev(after);
    return address < f.end ? &f : nullptr;
}

const Function* FunctionTable::named(std::string_view name) const {
    const auto found = std::find_if(functions_.begin(), functions_.end(), [name](const Function& f) {
        return f.name == name || std::string_view{f.name}.substr(0, f.name.find('(')) == name;
    });
    return found == functions_.end() ? nullptr : &*found;
}

}  // namespace exysim::debug
