// The environment of the advisor, and its candidates: timeouts and probe gaps that may suit given delays.
#pragma once

#include "core/settings.hpp"
#include "core/timing.hpp"
#include "sim/scenario/delay.hpp"
#include "sim/scenario/scenario.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace bully::sim {

/// Pauses of each process now and then: garbage collection, a busy host, a migrated virtual machine.
struct Stall {
    Duration every{};  ///< The mean time from the end of one to the next; exponentially distributed.
    Duration lasts{};
};

/// The environment for which a timing is wanted.
struct Environment {
    Delay delay = Delay::uniform(std::chrono::milliseconds(1), std::chrono::milliseconds(10));
    Number processes = 5;
    std::optional<Stall> stall;
    std::uint64_t loss = 0;  ///< The probability that a message is lost, in units of 2^-32.
    Mode mode = Mode::robust;
};

/// The quantile q of the one-way delay.
[[nodiscard]] Duration delay_quantile(const Delay& delay, double q);

/// δ of C1 to C3: the longest delay if the distribution has one, otherwise the delay that one message in a million
/// exceeds.
[[nodiscard]] Duration longest_counted_delay(const Delay& delay);
inline constexpr double counted_part = 1 - 1e-6;

/// An estimate of the part of all round trips that take longer than `timeout`.
[[nodiscard]] double late_part(const Delay& delay, Duration timeout);

/// The duration rounded up to two digits: 21ms for 20.4ms.
[[nodiscard]] Duration rounded_up(Duration duration);

/// The duration rounded to three digits: 53.8ms for 53.847774ms.
[[nodiscard]] Duration three_digits(Duration duration);

/// The timings to measure. T_p: a value that one round trip in a hundred exceeds, which breaks C3; the least value that
/// keeps C3; twice that; and a stall plus a round trip. Probe gaps: the lab's 500 ms to 3 s, and shorter and longer
/// ones. For each pair of T_p and gap: first the least T_ok and T_coord that keep C1 and C2; then a shorter and a twice
/// as long T_coord; then T_ok with the values of T_p, each with the least T_coord that keeps C2.
[[nodiscard]] std::vector<Timing> candidate_timings(const Environment& environment);

}  // namespace bully::sim
