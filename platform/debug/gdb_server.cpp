#include "platform/debug/gdb_server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace exysim::debug {

namespace {

constexpr size_t kPacketBytes = 0x4000;
constexpr uint32_t kMostWatched = 64;  // bytes

/// The document that tells GDB which registers there are, in their order.
std::string target_description() {
    std::string text =
        "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\"><target><architecture>arm"
        "</architecture><feature name=\"org.gnu.gdb.arm.core\">";
    const auto reg = [&](const std::string& name, unsigned bits, const char* type) {
        text += fmt::format("<reg name=\"{}\" bitsize=\"{}\" type=\"{}\"/>", name, bits, type);
    };
    for (unsigned n = 0; n < 13; ++n) reg(fmt::format("r{}", n), 32, "uint32");
    reg("sp", 32, "data_ptr");
    reg("lr", 32, "uint32");
    reg("pc", 32, "code_ptr");
    reg("cpsr", 32, "uint32");
    text += "</feature><feature name=\"org.gnu.gdb.arm.vfp\">";
    for (unsigned n = 0; n < gdb::kDoubles; ++n) reg(fmt::format("d{}", n), 64, "ieee_double");
    reg("fpscr", 32, "uint32");
    return text + "</feature></target>";
}

/// The hexadecimal numbers of a packet, one behind the other, each with one separator behind it.
class Numbers {
public:
    explicit Numbers(const std::string& text, size_t at = 0) : text_{text}, at_{std::min(at, text.size())} {}

    uint64_t next() {
        const char* const begin = text_.c_str() + at_;
        char* end = nullptr;
        const uint64_t value = std::strtoull(begin, &end, 16);
        good_ = good_ && end != begin && std::isxdigit(static_cast<unsigned char>(*begin));
        at_ = std::min(static_cast<size_t>(end - text_.c_str()) + 1, text_.size());
        return value;
    }
    uint32_t next_word() { return static_cast<uint32_t>(next()); }
    /// All of them were numbers.
    bool good() const { return good_; }
    std::string rest() const { return text_.substr(at_); }

private:
    const std::string& text_;
    size_t at_;
    bool good_ = true;
};

std::string little_endian(uint64_t value, unsigned bytes) {
    std::string text;
    for (unsigned i = 0; i < bytes; ++i) text += static_cast<char>(value >> 8 * i);
    return to_hex(text);
}

/// How the protocol speaks of watchpoints.
struct WatchFacts {
    Watchpoint::Kind kind;
    char type;                ///< in Z packets
    std::string_view reason;  ///< in stop replies
};
constexpr WatchFacts kWatchFacts[] = {{Watchpoint::Kind::write, '2', "watch"},
                                      {Watchpoint::Kind::read, '3', "rwatch"},
                                      {Watchpoint::Kind::access, '4', "awatch"}};

const WatchFacts* facts_of(char type) {
    const auto* found = std::find_if(std::begin(kWatchFacts), std::end(kWatchFacts),
                                     [type](const WatchFacts& f) { return f.type == type; });
    return found == std::end(kWatchFacts) ? nullptr : found;
}

const WatchFacts& facts_of(Watchpoint::Kind kind) { return kWatchFacts[static_cast<size_t>(kind)]; }

uint64_t from_little_endian(const std::string& bytes) {
    uint64_t value = 0;
    for (size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

}  // namespace

/// Longer prefixes stand before those they begin with.
struct GdbServer::Row {
    std::string_view prefix;
    bool (GdbServer::*handle)(const std::string& rest);
};
const GdbServer::Row GdbServer::kRows[] = {
    {"qSupported", &GdbServer::supported},
    {"QStartNoAckMode", &GdbServer::no_acknowledge},
    {"qXfer:features:read:target.xml:", &GdbServer::features},
    {"qfThreadInfo", &GdbServer::thread_list},
    {"qsThreadInfo", &GdbServer::end_of_list},
    {"qThreadExtraInfo,", &GdbServer::thread_name},
    {"qC", &GdbServer::current_thread},
    {"qAttached", &GdbServer::attached},
    {"qRcmd,", &GdbServer::command},
    {"?", &GdbServer::reason},
    {"g", &GdbServer::read_all},
    {"G", &GdbServer::write_all},
    {"p", &GdbServer::read_one},
    {"P", &GdbServer::write_one},
    {"m", &GdbServer::read_memory},
    {"M", &GdbServer::write_memory},
    {"H", &GdbServer::select},
    {"T", &GdbServer::alive},
    {"vCont", &GdbServer::go_actions},
    {"vKill", &GdbServer::kill},
    {"Z", &GdbServer::insert},
    {"z", &GdbServer::remove},
    {"c", &GdbServer::go},
    {"s", &GdbServer::step},
    {"D", &GdbServer::detach},
    {"k", &GdbServer::kill},
};

void GdbServer::stopped(unsigned core, const StopReason& why) {
    if (!connection_.open()) return;
    if (!why.data && !why.at_address && single_ != core) return;
    if (why.data) stop_reason_ = fmt::format("05{}:{:x};", facts_of(*why.data).reason, why.data_address);
    stop_core_ = core_ = core;
    converse();
}

void GdbServer::interrupted() {
    if (!connection_.open()) return;
    stop_reason_ = "02";
    converse();
}

void GdbServer::exited(uint8_t status) {
    if (connection_.open()) reply(fmt::format("W{:02x}", status));
    connection_.close();
}

void GdbServer::converse() {
    if (!stop_reason_.starts_with('S')) reply(stop_text());
    stop_reason_ = "05";
    for (;;) {
        const auto packet = connection_.receive();
        if (!packet) {  // the debugger is gone: the machine goes on alone
            forget_stops();
            return apply_stops();
        }
        if (answer(*packet)) return;
    }
}

bool GdbServer::answer(const std::string& packet) {
    for (const Row& row : kRows) {
        if (packet.starts_with(row.prefix)) return (this->*row.handle)(packet.substr(row.prefix.size()));
    }
    reply("");  // not known
    return false;
}

void GdbServer::apply_stops() {
    Stops stops{breakpoints_, single_, watches_};
    if (single_)
        stops.addresses.erase(
            static_cast<uint32_t>(target_.read_register(*single_, gdb::kPc)));  // on from here
    target_.set_stops(stops);
}

void GdbServer::forget_stops() {
    breakpoints_.clear();
    watches_.clear();
    spaces_.clear();
    single_.reset();
}

std::string GdbServer::stop_text() const {
    return fmt::format("T{}{}thread:{:x};", stop_reason_.substr(0, 2), stop_reason_.substr(2),
                       stop_core_ + 1);
}

/// A packet that makes no sense.
bool GdbServer::refuse() {
    reply("E01");
    return false;
}

bool GdbServer::supported(const std::string&) {
    reply(fmt::format("PacketSize={:x};QStartNoAckMode+;qXfer:features:read+;vContSupported+", kPacketBytes));
    return false;
}

bool GdbServer::no_acknowledge(const std::string&) {
    reply("OK");
    connection_.acknowledge(false);
    return false;
}

bool GdbServer::features(const std::string& rest) {
    Numbers numbers{rest};
    const size_t offset = numbers.next(), length = numbers.next();
    if (!numbers.good()) return refuse();
    const std::string whole = target_description();
    const std::string part = offset < whole.size() ? whole.substr(offset, length) : "";
    reply((offset + part.size() < whole.size() ? "m" : "l") + part);
    return false;
}

bool GdbServer::thread_list(const std::string&) {
    std::string list;
    for (unsigned n = 0; n < target_.cores(); ++n) list += fmt::format("{}{:x}", n ? "," : "m", n + 1);
    reply(list);
    return false;
}

bool GdbServer::end_of_list(const std::string&) {
    reply("l");
    return false;
}

bool GdbServer::thread_name(const std::string& rest) {
    Numbers numbers{rest};
    const uint64_t core = numbers.next() - 1;
    reply(core < target_.cores()
              ? to_hex(fmt::format("core {}, {}", core, target_.state_of(static_cast<unsigned>(core))))
              : "E01");
    return false;
}

bool GdbServer::current_thread(const std::string&) {
    reply(fmt::format("QC{:x}", core_ + 1));
    return false;
}

bool GdbServer::attached(const std::string&) {
    reply("1");
    return false;
}

bool GdbServer::command(const std::string& rest) {
    const auto text = from_hex(rest);
    reply(text ? to_hex(target_.monitor(*text)) : "E01");
    return false;
}

bool GdbServer::reason(const std::string&) {
    stop_reason_ = "05";
    reply(stop_text());
    return false;
}

std::string GdbServer::register_hex(unsigned n) const {
    return little_endian(target_.read_register(core_, n), gdb::bytes_of(n));
}

bool GdbServer::read_all(const std::string&) {
    std::string text;
    for (unsigned n = 0; n < gdb::kRegisters; ++n) text += register_hex(n);
    reply(text);
    return false;
}

bool GdbServer::write_all(const std::string& rest) {
    const auto bytes = from_hex(rest);
    size_t at = 0;
    for (unsigned n = 0; bytes && n < gdb::kRegisters && at < bytes->size(); at += gdb::bytes_of(n++))
        target_.write_register(core_, n, from_little_endian(bytes->substr(at, gdb::bytes_of(n))));
    reply(bytes ? "OK" : "E01");
    return false;
}

bool GdbServer::read_one(const std::string& rest) {
    Numbers numbers{rest};
    const uint32_t n = numbers.next_word();
    reply(numbers.good() && n < gdb::kRegisters ? register_hex(n) : "E01");
    return false;
}

bool GdbServer::write_one(const std::string& rest) {
    Numbers numbers{rest};
    const uint32_t n = numbers.next_word();
    const auto bytes = from_hex(numbers.rest());
    const bool good = numbers.good() && n < gdb::kRegisters && bytes;
    if (good) target_.write_register(core_, n, from_little_endian(*bytes));
    reply(good ? "OK" : "E01");
    return false;
}

bool GdbServer::read_memory(const std::string& rest) {
    Numbers numbers{rest};
    const uint32_t address = numbers.next_word();
    const uint64_t length = numbers.next();
    if (!numbers.good()) return refuse();
    std::string bytes(std::min<uint64_t>(length, kPacketBytes / 2), '\0');
    const auto raw = std::span{reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()};
    reply(target_.read_memory(core_, address, raw) ? to_hex(bytes) : "E14");
    return false;
}

bool GdbServer::write_memory(const std::string& rest) {
    Numbers numbers{rest};
    const uint32_t address = numbers.next_word();
    numbers.next();  // the length; the bytes say it too
    const auto bytes = from_hex(numbers.rest());
    const bool good = numbers.good() && bytes &&
                      target_.write_memory(core_, address,
                                           {reinterpret_cast<const uint8_t*>(bytes->data()), bytes->size()});
    reply(good ? "OK" : "E14");
    return false;
}

/// "g1", "c-1": only the core that registers and memory are asked of matters, all cores run together.
bool GdbServer::select(const std::string& rest) {
    Numbers numbers{rest, 1};
    const uint64_t thread = rest.find('-') == std::string::npos ? numbers.next() : 0;
    if (!numbers.good() || thread > target_.cores()) return refuse();
    if (rest.starts_with('g') && thread != 0) core_ = static_cast<unsigned>(thread - 1);
    reply("OK");
    return false;
}

bool GdbServer::alive(const std::string& rest) {
    Numbers numbers{rest};
    const uint64_t thread = numbers.next();
    reply(numbers.good() && thread <= target_.cores() ? "OK" : "E01");
    return false;
}

/// vCont? asks what there is; else ";action[:thread]" pairs, of which a step decides.
bool GdbServer::go_actions(const std::string& rest) {
    if (rest == "?") {
        reply("vCont;c;C;s;S");
        return false;
    }
    const size_t step_at = rest.find(";s") != std::string::npos ? rest.find(";s") : rest.find(";S");
    if (step_at == std::string::npos) return run({});
    const size_t colon = rest.find(':', step_at);
    const size_t next_action = rest.find(';', step_at + 1);
    if (colon == std::string::npos || colon > next_action) return run(core_);
    const uint64_t thread = Numbers{rest, colon + 1}.next();
    return run(thread >= 1 && thread <= target_.cores() ? static_cast<unsigned>(thread - 1) : core_);
}

/// Types 0 and 1 are breakpoints, the others watchpoints.
bool GdbServer::insert(const std::string& rest) {
    Numbers numbers{rest, 2};
    const uint32_t address = numbers.next_word(), size = numbers.next_word();
    if (!numbers.good()) return refuse();
    const bool breakpoint = rest[0] == '0' || rest[0] == '1';
    if (breakpoint) breakpoints_.insert(address);
    reply(breakpoint || watch(rest[0], address, size) ? "OK" : "");
    return false;
}

bool GdbServer::watch(char type, uint32_t address, uint32_t size) {
    const WatchFacts* facts = facts_of(type);
    if (!facts || size == 0 || size > kMostWatched) return false;
    if (!spaces_.contains(address)) spaces_[address] = target_.space_of(core_, address);
    watches_.push_back({address, size, facts->kind, spaces_[address]});
    return true;
}

bool GdbServer::remove(const std::string& rest) {
    Numbers numbers{rest, 2};
    const uint32_t address = numbers.next_word(), size = numbers.next_word();
    if (!numbers.good()) return refuse();
    if (const WatchFacts* facts = facts_of(rest[0])) {
        std::erase_if(watches_, [&](const Watchpoint& w) {
            return w.address == address && w.size == size && w.kind == facts->kind;
        });
    } else {
        breakpoints_.erase(address);
    }
    reply("OK");
    return false;
}

bool GdbServer::go(const std::string&) { return run({}); }

bool GdbServer::step(const std::string&) { return run(core_); }

bool GdbServer::run(std::optional<unsigned> single) {
    single_ = single;
    // A step over a watched access comes without the watchpoints; whoever lets the machine go has all in
    // place.
    if (!single) {
        std::erase_if(spaces_, [this](const auto& known) {
            return std::none_of(watches_.begin(), watches_.end(),
                                [&](const Watchpoint& w) { return w.address == known.first; });
        });
    }
    apply_stops();
    return true;
}

bool GdbServer::detach(const std::string&) {
    reply("OK");
    connection_.close();
    forget_stops();
    return run({});
}

bool GdbServer::kill(const std::string&) {
    reply("OK");
    connection_.close();
    forget_stops();
    target_.kill();
    return run({});
}

}  // namespace exysim::debug
