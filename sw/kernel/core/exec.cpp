// Program loading: static, static-PIE and dynamic ELF files with their interpreter, the initial stack with
// arguments, environment and auxiliary vector.
#include <elf.h>

#include "core/event_channel.hpp"
#include "core/log.hpp"
#include "core/process.hpp"
#include "core/random.hpp"
#include "core/string.hpp"
#include "core/uaccess.hpp"
#include "core/vfs.hpp"
#include "mm/page.hpp"

namespace kernel {

namespace {

constexpr uint32_t kStackTop = 0x7FFF'0000, kStackSize = 8U << 20;
constexpr uint32_t kPieBase = 0x1000'0000, kInterpreterBase = 0x7100'0000;  // above what mmap gives out
constexpr uint32_t kMostStringBytes = 64 * 1024, kMostStrings = 256;
// HWCAP_SWP.. as <asm/hwcap.h>: half thumb fast_mult edsp vfp neon vfpv3 tls vfpd32.
constexpr uint32_t kHwcap =
    1 << 1 | 1 << 2 | 1 << 4 | 1 << 6 | 1 << 7 | 1 << 12 | 1 << 13 | 1 << 15 | 1 << 19;

struct Program {
    Elf32_Ehdr header;
    Elf32_Phdr segments[16];
    uint32_t bias = 0;
    uint32_t break_at = 0;
    uint32_t headers_at = 0;  ///< user address of the program headers
    char interpreter[128] = "";

    uint32_t entry() const { return header.e_entry + bias; }
};

Result<> read_exactly(Inode& file, uint64_t at, void* to, uint32_t n) {
    if (TRY(file.read_at(at, to, n)) != n) return Errno::kNoExec;
    return Ok{};
}

bool is_arm_program(const Elf32_Ehdr& h) {
    return memcmp(h.e_ident, ELFMAG, SELFMAG) == 0 && h.e_ident[EI_CLASS] == ELFCLASS32 &&
           h.e_ident[EI_DATA] == ELFDATA2LSB && h.e_machine == EM_ARM &&
           (h.e_type == ET_EXEC || h.e_type == ET_DYN) && h.e_phentsize == sizeof(Elf32_Phdr) &&
           h.e_phnum > 0 && h.e_phnum <= 16;
}

/// The path that PT_INTERP names, or none.
Result<> read_interpreter(Inode& file, Program& p) {
    for (uint32_t i = 0; i < p.header.e_phnum; ++i) {
        const Elf32_Phdr& s = p.segments[i];
        if (s.p_type != PT_INTERP) continue;
        if (s.p_filesz == 0 || s.p_filesz > sizeof p.interpreter) return Errno::kNoExec;
        TRY(read_exactly(file, s.p_offset, p.interpreter, s.p_filesz));
        if (p.interpreter[s.p_filesz - 1] != 0) return Errno::kNoExec;
    }
    return Ok{};
}

Result<> read_program(Inode& file, Program& p, uint32_t base) {
    TRY(read_exactly(file, 0, &p.header, sizeof p.header));
    if (!is_arm_program(p.header)) return Errno::kNoExec;
    TRY(read_exactly(file, p.header.e_phoff, p.segments,
                     p.header.e_phnum * static_cast<uint32_t>(sizeof(Elf32_Phdr))));
    if (p.header.e_type == ET_DYN) p.bias = base;
    return read_interpreter(file, p);
}

/// Private pages of a segment, read from the file as they are touched.
struct SegmentPages : PageSource {
    Ref<Inode> file;
    uint64_t file_offset = 0;  ///< of the area's first byte
    uint32_t file_bytes = 0;   ///< beyond this, zeros
    Result<Page*> page(uint32_t index) override {
        Page* p = TRY(alloc_pages(0, kZeroed | kMovable));
        const uint32_t at = index * kPageSize;
        const uint32_t n = at >= file_bytes ? 0 : (file_bytes - at < kPageSize ? file_bytes - at : kPageSize);
        if (n > 0) {
            if (auto got = file->read_at(file_offset + at, page_data(p), n); !got) {
                page_put(p);
                return got.error();
            }
        }
        return p;
    }
};

Result<> map_segment(AddressSpace& space, const Ref<Inode>& file, const Elf32_Phdr& segment, uint32_t bias) {
    if (segment.p_memsz == 0) return Ok{};
    const uint32_t start = align_down(segment.p_vaddr + bias, kPageSize);
    const uint64_t end = uint64_t{segment.p_vaddr} + bias + segment.p_memsz;
    if (end > kUserTop || segment.p_filesz > segment.p_memsz) return Errno::kNoExec;
    const uint32_t inside = segment.p_vaddr + bias - start;
    if (segment.p_offset < inside) return Errno::kNoExec;
    auto pages = TRY(make_ref<SegmentPages>());
    pages->file = file;
    pages->file_offset = segment.p_offset - inside;
    pages->file_bytes = segment.p_filesz + inside;
    Vma* vma = TRY(space.add(VirtAddr{start}, align_up(static_cast<uint32_t>(end), kPageSize) - start, true));
    vma->access = {true, (segment.p_flags & PF_W) != 0, (segment.p_flags & PF_X) != 0};
    vma->source = pages;
    vma->file = Ref<RefCounted>{file};
    return Ok{};
}

Result<> map_program(AddressSpace& space, const Ref<Inode>& file, Program& p) {
    for (uint32_t i = 0; i < p.header.e_phnum; ++i) {
        const Elf32_Phdr& s = p.segments[i];
        if (s.p_type != PT_LOAD) continue;
        TRY(map_segment(space, file, s, p.bias));
        const uint32_t end = align_up(s.p_vaddr + p.bias + s.p_memsz, kPageSize);
        p.break_at = end > p.break_at ? end : p.break_at;
        if (s.p_offset <= p.header.e_phoff && p.header.e_phoff < s.p_offset + s.p_filesz) {
            p.headers_at = s.p_vaddr + p.bias + (p.header.e_phoff - s.p_offset);
        }
    }
    return Ok{};
}

/// Argument and environment strings, copied into the kernel before the old space goes.
struct Strings {
    char bytes[kMostStringBytes];
    uint32_t used = 0;
    uint32_t starts[kMostStrings];
    uint32_t argc = 0, envc = 0;

    Result<> add(UserAddr array, uint32_t& count) {
        if (array.value == 0) return Ok{};
        for (uint32_t i = 0;; ++i) {
            const UserAddr string{TRY(get_user<uint32_t>(array + i * 4))};
            if (string.value == 0) return Ok{};
            if (argc + envc == kMostStrings) return Errno::k2Big;
            auto copied = copy_string_from_user(bytes + used, kMostStringBytes - used, string);
            if (!copied) return copied.error() == Errno::kNameTooLong ? Errno::k2Big : copied.error();
            starts[argc + envc] = used;
            used += static_cast<uint32_t>(strlen(bytes + used)) + 1;
            ++count;
        }
    }
    const char* interpreter = nullptr;  ///< of a script
    /// Errors: kNoExec no interpreter, k2Big.
    Result<> use_script(char* line, const char* path);
    /// Puts `words` and `path` in the place of the first argument.
    Result<> replace_first(char* const* words, uint32_t count, const char* path) {
        if (argc + envc + count > kMostStrings) return Errno::k2Big;
        for (uint32_t i = argc + envc; i-- > 1;) starts[i + count] = starts[i];
        for (uint32_t i = 0; i <= count; ++i) {
            const char* text = i < count ? words[i] : path;
            const uint32_t n = static_cast<uint32_t>(strlen(text)) + 1;
            if (n > kMostStringBytes - used) return Errno::k2Big;
            memcpy(bytes + used, text, n);
            starts[i] = used;
            used += n;
        }
        argc += count;
        return Ok{};
    }
    /// The arguments with their NULs, as many as fit whole; returns their bytes.
    uint32_t copy_arguments(char* to, uint32_t size) const {
        uint32_t n = 0;
        for (uint32_t i = 0; i < argc; ++i) {
            const char* text = bytes + starts[i];
            const auto length = static_cast<uint32_t>(strlen(text)) + 1;
            if (length > size - n) break;
            memcpy(to + n, text, length);
            n += length;
        }
        return n;
    }
    void add_default(const char* name) {
        starts[0] = 0;
        const uint32_t n = static_cast<uint32_t>(strlen(name)) + 1;
        memcpy(bytes, name, n);
        used = n;
        argc = 1;
    }
};

/// Writes the initial stack into the new, active space; returns the stack pointer. `base` is where the
/// interpreter is.
Result<uint32_t> build_stack(const Program& p, uint32_t base, const Strings& strings, const char* path) {
    uint32_t sp = kStackTop;
    const auto push_bytes = [&](const void* bytes, uint32_t n) -> Result<uint32_t> {
        sp -= n;
        TRY(copy_to_user(UserAddr{sp}, bytes, n));
        return sp;
    };
    const uint32_t path_at = TRY(push_bytes(path, static_cast<uint32_t>(strlen(path)) + 1));
    const uint32_t platform_at = TRY(push_bytes("v7l", 4));
    uint8_t random[16];
    fill_random(random, sizeof random);
    sp = align_down(sp, 16);
    const uint32_t random_at = TRY(push_bytes(random, sizeof random));
    const uint32_t strings_at = TRY(push_bytes(strings.bytes, strings.used));

    const uint32_t auxv[] = {
        AT_PHDR,     p.headers_at,
        AT_PHENT,    sizeof(Elf32_Phdr),
        AT_PHNUM,    p.header.e_phnum,
        AT_PAGESZ,   kPageSize,
        AT_BASE,     base,
        AT_FLAGS,    0,
        AT_ENTRY,    p.entry(),
        AT_UID,      0,
        AT_EUID,     0,
        AT_GID,      0,
        AT_EGID,     0,
        AT_HWCAP,    kHwcap,
        AT_HWCAP2,   0,
        AT_CLKTCK,   100,
        AT_RANDOM,   random_at,
        AT_SECURE,   0,
        AT_EXECFN,   path_at,
        AT_PLATFORM, platform_at,
        AT_NULL,     0,
    };
    const uint32_t words = 1 + strings.argc + 1 + strings.envc + 1;
    sp = align_down(sp - words * 4 - sizeof auxv, 8);
    UserAddr at{sp};
    const auto put = [&](uint32_t word) -> Result<> {
        TRY(put_user(at, word));
        at = at + 4;
        return Ok{};
    };
    TRY(put(strings.argc));
    for (uint32_t i = 0; i < strings.argc + strings.envc; ++i) {
        if (i == strings.argc) TRY(put(0));
        TRY(put(strings_at + strings.starts[i]));
    }
    if (strings.envc == 0) TRY(put(0));
    TRY(put(0));
    TRY(copy_to_user(at, auxv, sizeof auxv));
    return sp;
}

void set_name(Process& p, const char* path) {
    const Text whole{path};
    Text name = whole;
    for (size_t i = 0; i < whole.size; ++i) {
        if (path[i] == '/') name = whole.from(i + 1);
    }
    copy_text(p.name, name);
    copy_text(current()->name, name);
}

void reset_handlers(Process& p) {
    for (SignalAction& a : p.handlers->actions) {
        if (a.handler > 1) a = {};
    }
}

void reset_thread(Thread& t, uint32_t entry, uint32_t sp) {
    TrapFrame frame{};
    frame.user_sp = sp;
    frame.pc = entry & ~1U;
    frame.cpsr = kCpsrUser | (entry & 1 ? kCpsrThumb : 0);
    t.user_frame() = frame;
    t.tls = 0;
    cpu::set_user_tls(0);
    t.clear_child_tid = {};
    vfp_forget(t);
    t.vfp = {};
}

}  // namespace

namespace {

Result<Ref<Inode>> find_program(const char* path, const Ref<Inode>& base) {
    Ref<Inode> file = TRY(resolve(path, base));
    if ((file->mode & kModeType) != kModeRegular) return Errno::kAcces;
    return file;
}

/// The dynamic linker, when the program wants one; its entry is where the process starts then.
Result<uint32_t> map_interpreter(AddressSpace& space, const Program& p, uint32_t& base) {
    base = 0;
    if (!p.interpreter[0]) return p.entry();
    auto file = find_program(p.interpreter, root_directory());
    if (!file) {
        log_warn("exec: the program needs %s, which is not there: give its folder with --root",
                 p.interpreter);
        return file.error();
    }
    auto linker = TRY(make<Program>());
    TRY(read_program(*file.value(), *linker, kInterpreterBase));
    if (linker->interpreter[0]) return Errno::kNoExec;
    TRY(map_program(space, file.value(), *linker));
    base = linker->bias;
    return linker->entry();
}

/// "#!interpreter argument" on the first line: the arguments become interpreter, argument, path, rest.
Result<bool> read_script(Inode& file, char (&line)[128]) {
    const uint32_t n = TRY(file.read_at(0, line, sizeof line - 1));
    line[n] = 0;
    if (n < 3 || line[0] != '#' || line[1] != '!') return false;
    char* end = line;
    while (*end && *end != '\n') ++end;
    if (!*end) return Errno::kNoExec;
    *end = 0;
    return true;
}

}  // namespace

Result<> Strings::use_script(char* line, const char* path) {
    char* words[2] = {};
    uint32_t count = 0;
    for (char* at = line + 2; *at && count < 2;) {
        while (*at == ' ' || *at == '\t') ++at;
        if (!*at) break;
        words[count++] = at;
        if (count == 2) break;  // the rest is one argument
        while (*at && *at != ' ' && *at != '\t') ++at;
        if (*at) *at++ = 0;
    }
    if (count == 0) return Errno::kNoExec;
    interpreter = words[0];
    // argv[0] gives way to the interpreter, its argument and the script's path.
    return replace_first(words, count, path);
}

namespace {

/// `point_of_no_return` tells whether the old program is gone.
Result<> replace_program(const char* path, UserAddr arguments, UserAddr environment,
                         bool& point_of_no_return) {
    Process& process = current_process();
    auto strings = TRY(make<Strings>());
    TRY(strings->add(arguments, strings->argc));
    TRY(strings->add(environment, strings->envc));
    if (strings->argc == 0) strings->add_default(path);
    Ref<Inode> file = TRY(find_program(path, process.directory));
    char line[128];
    if (TRY(read_script(*file, line))) {
        TRY(strings->use_script(line, path));
        file = TRY(find_program(strings->interpreter, process.directory));
    }
    auto program = TRY(make<Program>());
    TRY(read_program(*file, *program, kPieBase));
    auto space = TRY(AddressSpace::create());
    TRY(map_program(*space, file, *program));
    uint32_t base = 0;
    const uint32_t entry = TRY(map_interpreter(*space, *program, base));
    Vma* stack = TRY(space->add(VirtAddr{kStackTop - kStackSize}, kStackSize, true));
    stack->access = {.user = true, .write = true};
    space->start_break(program->break_at);

    point_of_no_return = true;
    use_address_space(process, space);
    const uint32_t sp = TRY(build_stack(*program, base, *strings, path));
    process.files->close_on_exec();
    reset_handlers(process);
    set_name(process, path);
    process.executable = file;
    copy_text(process.path, Text{path});
    process.command_line_size = strings->copy_arguments(process.command_line, sizeof process.command_line);
    drop_timers(process);
    current()->signal_stack = {};
    reset_thread(*current(), entry, sp);
    if (!process.released_parent) {
        process.released_parent = true;
        process.parent->changed.wake_all();
    }
    return Ok{};
}

}  // namespace

Result<> exec_current(const char* path, UserAddr arguments, UserAddr environment) {
    bool point_of_no_return = false;
    auto done = replace_program(path, arguments, environment, point_of_no_return);
    if (done) post_event(KernelEvent::program, {.name = path});
    if (!done && point_of_no_return) exit_current_process(kSigKill);  // here, where nothing is held any more
    return done;
}

}  // namespace kernel
