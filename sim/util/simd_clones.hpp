// Marks a function whose loops are worth the widest vectors that the processor has.
//
// One version a vector width, chosen when the program is loaded: a package is built for the least processor. All give
// the same, since such loops are on integers. Not with ThreadSanitizer: to choose before it is set up crashes.
#pragma once

#if defined(__x86_64__) && defined(__linux__) && !defined(BULLY_THREAD_SANITIZER)
#define BULLY_BY_PROCESSOR  // a function may have versions, by [[gnu::target]]
#define BULLY_VECTORISED [[gnu::target_clones("avx512f", "avx2", "default")]]
#else
#define BULLY_VECTORISED
#endif
