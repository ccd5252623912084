#include "apps/support/device_tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apps/support/error.hpp"
#include "apps/support/fd.hpp"

namespace apps {

bool Node::exists() const {
    struct stat s;
    return ::stat(path_.c_str(), &s) == 0;
}

std::vector<Node> Node::items() const {
    std::vector<Node> all;
    for (unsigned i = 0;; ++i) {
        Node item = child(std::to_string(i));
        if (!item.exists()) return all;
        all.push_back(std::move(item));
    }
}

std::optional<std::string> Node::raw(const std::string& name) const {
    const std::string file = path_ + "/" + name;
    const Fd fd{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
    if (fd.get() < 0) return std::nullopt;
    std::string bytes;
    char piece[256];
    ssize_t n;
    while ((n = ::read(fd.get(), piece, sizeof piece)) > 0) bytes.append(piece, static_cast<size_t>(n));
    if (n < 0) throw SystemError{file, "read"};
    return bytes;
}

std::optional<std::string> Node::maybe_string(const std::string& name) const {
    std::optional<std::string> bytes = raw(name);
    if (bytes && !bytes->empty() && bytes->back() == '\0') bytes->pop_back();
    return bytes;
}

std::optional<uint64_t> Node::maybe_number(const std::string& name) const {
    const std::optional<std::string> bytes = raw(name);
    if (!bytes) return std::nullopt;
    if (bytes->size() != sizeof(uint64_t)) throw Error{path_ + "/" + name + ": is not a 64-bit number"};
    uint64_t value = 0;
    for (const char c : *bytes) value = value << 8 | static_cast<uint8_t>(c);
    return value;
}

std::string Node::string(const std::string& name) const {
    if (auto value = maybe_string(name)) return *value;
    throw Error{path_ + "/" + name + ": missing"};
}

uint64_t Node::number(const std::string& name) const {
    if (auto value = maybe_number(name)) return *value;
    throw Error{path_ + "/" + name + ": missing"};
}

std::string platform_name(const std::string& alias) {
    const auto path = Node{"/proc/device-tree/aliases"}.maybe_string(alias);
    if (!path) throw Error{alias + ": no such alias in the device tree"};
    const std::string last = path->substr(path->rfind('/') + 1);
    const size_t at = last.find('@');
    if (at == std::string::npos) throw Error{alias + ": node " + *path + " has no unit address"};
    return last.substr(at + 1) + "." + last.substr(0, at);
}

}  // namespace apps
