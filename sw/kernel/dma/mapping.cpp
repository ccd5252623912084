#include "dma/mapping.hpp"

namespace kernel {

void MappingTable::add(Unique<DmaMapping> mapping) {
    const IrqGuard guard{lock_};
    DmaMapping& m = *mapping.release();
    buckets_[bucket_of(m.at)].push_front(m);
    ++count_;
}

DmaMapping* MappingTable::find(Iova at) {
    const IrqGuard guard{lock_};
    for (DmaMapping& m : buckets_[bucket_of(at)]) {
        if (m.at == at) return &m;
    }
    return nullptr;
}

DmaMapping* MappingTable::containing(Iova at) {
    return first([at](const DmaMapping& m) { return at >= m.at && at - m.at < m.bytes; });
}

Unique<DmaMapping> MappingTable::remove(DmaMapping& mapping) {
    const IrqGuard guard{lock_};
    mapping.node.unlink();
    --count_;
    return Unique<DmaMapping>{&mapping};
}

}  // namespace kernel
