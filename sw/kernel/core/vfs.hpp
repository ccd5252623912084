// The file tree: memory directories and files, read-only files of the initrd, generated files of /proc,
// device nodes.
#pragma once

#include "core/file.hpp"

namespace kernel {

struct PageSource;

struct Inode : RefCounted {
    uint64_t number;
    uint32_t mode;
    Inode* parent = nullptr;   ///< a directory that it is linked in, for its name
    uint64_t modified_ns = 0;  ///< last change of the contents
    uint32_t links = 0;        ///< names; of directories 1, as of file systems that do not count them
    uint32_t watches = 0;      ///< of core/notify

    explicit Inode(uint32_t file_mode);
    bool is_directory() const { return (mode & kModeType) == kModeDir; }
    uint32_t link_count() const { return is_directory() ? 1 : links; }
    bool is_link() const { return (mode & kModeType) == kModeLink; }

    virtual Result<Ref<Inode>> lookup(Text) { return Errno::kNotDir; }
    virtual Result<Ref<File>> open(uint32_t flags) = 0;
    virtual Result<FileStatus> status() { return FileStatus{mode, 0, number, 0, modified_ns, link_count()}; }
    virtual Result<> link(Text, Ref<Inode>) { return Errno::kNotDir; }
    /// Takes a name away; of a directory only when it is empty.
    virtual Result<> unlink(Text) { return Errno::kNotDir; }
    /// The same whatever the directory holds, to link it elsewhere.
    virtual Result<> detach(Text) { return Errno::kNotDir; }
    /// Child number `index`, counted from 0; kNoEnt past the last.
    struct Child {
        char name[64];
        uint64_t number;
        uint32_t mode;
    };
    virtual Result<Child> child(uint32_t) { return Errno::kNotDir; }
    /// Target of a symbolic link. Errors: kInval for what is none.
    virtual Result<Text> target() { return Errno::kInval; }
    /// What a link leads to where its text may name nothing: an open file's, in /proc/self/fd. Null
    /// otherwise.
    virtual Ref<Inode> leads_to() { return {}; }
    /// Bytes for the program loader. Errors: kNoExec.
    virtual Result<uint32_t> read_at(uint64_t, void*, uint32_t) { return Errno::kNoExec; }
};

/// The root directory. Built once by vfs_init().
Ref<Inode> root_directory();
/// /, /dev, /proc, /tmp; then the files of the initrd. Errors: kNoMem, kInval for a broken archive.
Result<> vfs_init(const uint8_t* initrd, uint32_t initrd_size);

/// Follows a path from `base` (relative) or the root, and symbolic links on the way; the last one only if
/// told so. Errors: kNoEnt, kNotDir, kLoop.
enum class LastLink : uint8_t { follow, keep };
Result<Ref<Inode>> resolve(Text path, const Ref<Inode>& base, LastLink last = LastLink::follow);
/// What `directory` calls `wanted`. Errors: kNoEnt.
Result<Inode::Child> entry_of(Inode& directory, const Inode& wanted);
/// Absolute path of what is linked somewhere into `to`; the bytes with the NUL. Errors: kRange, kNoEnt when
/// it is gone.
Result<uint32_t> path_of(Inode& inode, char* to, uint32_t size);
inline constexpr uint32_t kMostPathText = 256;
/// The directory of the last component, and its name.
struct Parent {
    Ref<Inode> directory;
    Text name;
};
Result<Parent> resolve_parent(Text path, const Ref<Inode>& base);

Result<Ref<Inode>> make_directory();
Result<Ref<Inode>> make_symbolic_link(Text target);
Result<Ref<Inode>> make_memory_file();
/// Memory that several address spaces share: what MAP_SHARED | MAP_ANONYMOUS maps. Size in bytes.
Result<Ref<PageSource>> make_shared_memory(uint32_t size);
/// A file whose bytes somebody else keeps alive for ever (initrd, device tree).
Result<Ref<Inode>> make_fixed_file(const void* bytes, uint32_t size, uint32_t mode);
/// A file of its own short text. Errors: kNameTooLong, kNoMem.
Result<Ref<Inode>> make_text_file(Text text);
/// A file whose text is made anew at each open: `generate` writes at most `size` bytes and returns the
/// length.
using Generator = uint32_t (*)(char* to, uint32_t size);
/// Takes what was written, at most 64 characters at a time.
using Acceptor = Result<> (*)(Text text);
Result<Ref<Inode>> make_generated_file(Generator generate, Acceptor accept = nullptr);
/// An open file of that kind, for inodes that make theirs by themselves; `generate` is called once, here.
using ContextGenerator = uint32_t (*)(void* context, char* to, uint32_t size);
Result<Ref<File>> open_text(ContextGenerator generate, void* context, Acceptor accept);
/// An open directory: what Inode::child() of its inode lists.
Result<Ref<File>> open_directory();
Result<Ref<Inode>> make_device_node(Opener opener, void* context, uint32_t number);
/// Opens by path with create and truncate semantics. Errors as open(2).
Result<Ref<File>> open_path(Text path, uint32_t flags, const Ref<Inode>& base);

/// Fills /proc: device-tree, meminfo, interrupts and their like.
Result<> proc_init(const Ref<Inode>& proc);
/// The folder /dev.
Ref<Inode> device_directory();

}  // namespace kernel
