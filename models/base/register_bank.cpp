#include "models/base/register_bank.hpp"

#include <algorithm>
#include <cassert>

namespace exysim {

RegisterBank::RegisterBank(std::span<const Field> map) : map_(map.begin(), map.end()) {
    uint32_t last = 0;
    for (const Field& f : map) last = std::max(last, f.at(f.count - 1));
    index_.assign(last / 4 + 1, 0);
    for (const Field& f : map) {
        for (uint32_t i = 0; i < f.count; ++i) add(f, f.at(i));
    }
    reset();
}

RegisterBank::Register& RegisterBank::at(uint32_t offset) {
    uint32_t& slot = index_[offset / 4];
    if (slot == 0) {
        registers_.emplace_back().offset = offset;
        slot = static_cast<uint32_t>(registers_.size());
    }
    return registers_[slot - 1];
}

void RegisterBank::add(const Field& f, uint32_t offset) {
    Register& r = at(offset);
    if (!r.name) r.name = f.name;
    r.reset |= f.reset << f.low;
    uint32_t* const masks[] = {&r.rw, &r.ro, &r.wo, &r.w1c, &r.w1p};  // in the order of Access
    *masks[static_cast<size_t>(f.access)] |= f.mask();
}

const RegisterBank::Register* RegisterBank::find(uint32_t offset) const {
    const uint32_t slot = offset / 4 < index_.size() ? index_[offset / 4] : 0;
    return slot ? &registers_[slot - 1] : nullptr;
}

RegisterBank::Register* RegisterBank::find(uint32_t offset) {
    return const_cast<Register*>(static_cast<const RegisterBank*>(this)->find(offset));
}

uint32_t RegisterBank::read(uint32_t offset) {
    Register* r = find(offset);
    if (!r) {
        fault({RegisterFault::Kind::unknown_offset, offset, 0, false});
        return 0;
    }
    ++r->reads;
    if (r->visible() == 0) fault({RegisterFault::Kind::write_only_read, offset, 0, false});
    const uint32_t stored = r->stored & r->visible();
    return r->on_read ? r->on_read(stored) : stored;
}

void RegisterBank::write(uint32_t offset, uint32_t value, uint32_t byte_mask) {
    Register* r = find(offset);
    if (!r) {
        fault({RegisterFault::Kind::unknown_offset, offset, value, true});
        return;
    }
    ++r->writes;
    const uint32_t written = value & byte_mask;
    if ((written & ~r->known()) != 0 && !r->reported) {
        r->reported = true;
        fault({RegisterFault::Kind::reserved_bits, offset, value, true});
    }
    const uint32_t storage = (r->rw | r->wo) & byte_mask;
    r->touched |= byte_mask;
    r->changed |= ((r->stored ^ written) & storage) | (written & (r->w1c | r->w1p));
    r->stored = (r->stored & ~storage) | (written & storage);
    r->stored &= ~(written & r->w1c);
    if (r->on_write) r->on_write(written);
}

uint32_t RegisterBank::peek(uint32_t offset) const {
    const Register* r = find(offset);
    return r ? r->stored & r->visible() : 0;
}

uint32_t RegisterBank::word(uint32_t offset) const {
    const Register* r = find(offset);
    return r ? r->stored : 0;
}

void RegisterBank::set(const Field& f, uint32_t value, uint32_t index) {
    Register* r = find(f.at(index));
    assert(r && "field is not in this bank's map");
    r->stored = (r->stored & ~f.mask()) | ((value << f.low) & f.mask());
}

void RegisterBank::on_write(uint32_t offset, WriteHook hook) {
    Register* r = find(offset);
    assert(r && !r->on_write && "no such register, or hooked twice");
    r->on_write = std::move(hook);
}

void RegisterBank::on_read(uint32_t offset, ReadHook hook) {
    Register* r = find(offset);
    assert(r && !r->on_read && "no such register, or hooked twice");
    r->on_read = std::move(hook);
}

void RegisterBank::on_write_each(const Field& row, const std::function<void(uint32_t, uint32_t)>& hook) {
    for (uint32_t i = 0; i < row.count; ++i) {
        on_write(row.at(i), [hook, i](uint32_t written) { hook(i, written); });
    }
}

void RegisterBank::on_read_each(const Field& row, const std::function<uint32_t(uint32_t, uint32_t)>& hook) {
    for (uint32_t i = 0; i < row.count; ++i) {
        on_read(row.at(i), [hook, i](uint32_t stored) { return hook(i, stored); });
    }
}

void RegisterBank::reset() {
    for (Register& r : registers_) r.stored = r.reset;
}

std::vector<FieldUse> RegisterBank::use() const {
    std::vector<FieldUse> all;
    for (const Field& field : map_) {
        FieldUse& use = all.emplace_back(FieldUse{field, 0, 0, false});
        for (uint32_t i = 0; i < field.count; ++i) {
            const Register& r = *find(field.at(i));
            use.reads += r.reads;
            use.writes += (r.touched & field.mask()) != 0 ? r.writes : 0;
            use.changed |= (r.changed & field.mask()) != 0;
        }
    }
    return all;
}

}  // namespace exysim
