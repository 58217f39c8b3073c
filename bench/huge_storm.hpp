// A storm that takes most of a minute and gigabytes of memory.
#pragma once

namespace bully::bench {

/// Registers storm/30000, for runs whose filter names it.
void register_huge_storm();

}  // namespace bully::bench
