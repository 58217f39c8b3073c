// Marks a function whose loops are worth the widest vectors that the processor has.
//
// One version a vector width, chosen when the program is loaded: a package is built for the least processor. All give
// the same, since such loops are on integers. Sanitizers don't support that.
#pragma once

#if defined(__x86_64__) && defined(__linux__) && !defined(BULLY_SANITIZED)
#define BULLY_BY_PROCESSOR  // a function may have versions, by [[gnu::target]]
#define BULLY_VECTORISED [[gnu::target_clones("avx512f", "avx2", "default")]]
#else
#define BULLY_VECTORISED
#endif
