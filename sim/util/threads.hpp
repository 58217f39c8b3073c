// Work that several threads share.
#pragma once

#include <cstdint>
#include <functional>

namespace bully::sim {

/// Asked by each thread before it takes more to do, and while it does something long; false: it is to return soon.
using GoingOn = std::function<bool()>;

/// Calls `work` at once on `count` threads, this one included, or on as many as the system lets be started: what they
/// share may take longer then, and is done all the same. Returns when all have returned; false if what is left wasn't
/// wanted, for `stopped` (asked from any thread, and may be empty) said so. Throws the first that `work` threw; the
/// others are stopped then.
[[nodiscard]] bool run_on_threads(std::uint64_t count, const std::function<bool()>& stopped,
                                  const std::function<void(const GoingOn&)>& work);

}  // namespace bully::sim
