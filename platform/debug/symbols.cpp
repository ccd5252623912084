#include "platform/debug/symbols.hpp"

#include <elfutils/libdwfl.h>
#include <fmt/format.h>

#include "platform/debug/demangle.hpp"

namespace exysim::debug {

namespace {

constexpr size_t kMostFrames = 32;

char* debug_path = nullptr;
const Dwfl_Callbacks kCallbacks{dwfl_build_id_find_elf, dwfl_standard_find_debuginfo,
                                dwfl_offline_section_address, &debug_path};

}  // namespace

struct Symbols::Session {
    Dwfl* dwfl = nullptr;
    Dwfl_Module* module = nullptr;

    explicit Session(const std::string& file) : dwfl{dwfl_begin(&kCallbacks)} {
        if (!dwfl) return;
        dwfl_report_begin(dwfl);
        module = dwfl_report_offline(dwfl, "", file.c_str(), -1);
        dwfl_report_end(dwfl, nullptr, nullptr);
    }
    ~Session() { dwfl_end(dwfl); }
};

Symbols::Symbols(const std::string& elf_file) : session_{std::make_unique<Session>(elf_file)} {}

Symbols::~Symbols() = default;

bool Symbols::knows(uint32_t address) const {
    if (!session_->module) return false;
    GElf_Off offset = 0;
    GElf_Sym symbol;
    const char* name =
        dwfl_module_addrinfo(session_->module, address, &offset, &symbol, nullptr, nullptr, nullptr);
    return name && GELF_ST_TYPE(symbol.st_info) == STT_FUNC && offset < symbol.st_size;
}

std::string Symbols::function(uint32_t address) const {
    if (!knows(address)) return fmt::format("{:#010x}", address);
    return demangled(dwfl_module_addrname(session_->module, address));
}

std::string Symbols::describe(uint32_t address) const {
    if (!knows(address)) return fmt::format("{:#010x}", address);
    GElf_Off offset = 0;
    GElf_Sym symbol;
    const char* name =
        dwfl_module_addrinfo(session_->module, address, &offset, &symbol, nullptr, nullptr, nullptr);
    std::string text = fmt::format("{:#010x} {}+{:#x}", address, demangled(name), offset);
    const auto source = line(address);
    return source ? fmt::format("{} ({}:{})", text, source->file, source->number) : text;
}

std::optional<SourceLine> Symbols::line(uint32_t address) const {
    Dwfl_Line* line = session_->module ? dwfl_module_getsrc(session_->module, address) : nullptr;
    int number = 0;
    const char* file = line ? dwfl_lineinfo(line, nullptr, &number, nullptr, nullptr, nullptr) : nullptr;
    if (!file) return {};
    return SourceLine{file, number};
}

std::vector<uint32_t> call_chain(uint32_t pc, uint32_t lr, uint32_t fp, const Symbols& symbols,
                                 const ReadWord& read) {
    std::vector<uint32_t> chain{pc};
    if (fp == 0) return chain;
    const auto top = read(fp);
    if (top && !symbols.knows(*top) && symbols.knows(lr)) {  // a leaf: r11 points at the caller's r11
        chain.push_back(lr);
        fp = *top;
    }
    while (chain.size() < kMostFrames && fp % 4 == 0 && fp >= 4) {
        const auto return_address = read(fp);
        const auto next = read(fp - 4);
        if (!return_address || !next || !symbols.knows(*return_address)) break;
        chain.push_back(*return_address);
        if (*next <= fp) break;  // stacks grow down: callers' frames lie above
        fp = *next;
    }
    return chain;
}

}  // namespace exysim::debug
