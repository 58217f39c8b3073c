// Work that several threads share.
#pragma once

#include <cstdint>
#include <functional>

namespace bully::sim {

/// Calls `work` at once on `count` threads, this one included, or on as many as the system lets be started: what they
/// share may take longer then, and is done all the same. Returns when all have returned. `work` must not throw.
void on_threads(std::uint64_t count, const std::function<void()>& work);

}  // namespace bully::sim
