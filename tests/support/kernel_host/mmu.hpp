// The processor's way through the kernel's page tables, with a TLB that forgets nothing unless it is told to:
// whoever changes a table and does not say so keeps getting the old page.
#pragma once

#include "arch/page_table.hpp"

namespace kernel_test {

/// What an access to `va` uses: the remembered translation, or else the table's, which is remembered if it is
/// there. User addresses (below kUserTop) are remembered for the ASID of the last set_context_id().
kernel::Translation translate(const kernel::PageTable& table, kernel::VirtAddr va);

}  // namespace kernel_test
