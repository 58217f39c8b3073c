// Work that several threads share.
#pragma once

#include <cstdint>
#include <functional>

namespace bully::sim {

/// A question that each thread asks before it takes more work, and during long work. False: the thread must return
/// soon.
using GoingOn = std::function<bool()>;

/// Calls `work` at the same time on `count` threads, the calling one included. If the system starts fewer, those share
/// the work, which then takes longer. Returns when all have returned; false if `stopped` ended the work early.
/// `stopped` may be empty, and is called from any of the threads. If `work` throws, the other threads are stopped, and
/// the first exception is rethrown.
[[nodiscard]] bool run_on_threads(std::uint64_t count, const std::function<bool()>& stopped,
                                  const std::function<void(const GoingOn&)>& work);

}  // namespace bully::sim
