// A storm that takes most of a minute and gigabytes of memory.
#pragma once

namespace bully::bench {

/// storm/30000: only for runs that name it.
void register_huge_storm();

}  // namespace bully::bench
