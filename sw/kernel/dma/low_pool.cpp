#include "dma/low_pool.hpp"

namespace kernel {

Carveout& low_pool() {
    static Carveout pool;
    return pool;
}

}  // namespace kernel
