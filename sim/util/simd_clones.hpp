// A mark for functions whose loops gain from the widest vectors that the processor has.
//
// The compiler makes one version for each vector width, and the loader chooses: a package is built for the least
// processor. All versions give the same results, since such loops are on integers. Not with ThreadSanitizer, which
// crashes if the choice is made before it is set up.
#pragma once

#if defined(__x86_64__) && defined(__linux__) && !defined(BULLY_THREAD_SANITIZER)
#define BULLY_BY_PROCESSOR  // a function may have versions, by [[gnu::target]]
#define BULLY_VECTORISED [[gnu::target_clones("avx512f", "avx2", "default")]]
#else
#define BULLY_VECTORISED
#endif
