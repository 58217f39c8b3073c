// The advisor's question and its candidates: timeouts and probe gaps that suit given delays.
#pragma once

#include "core/settings.hpp"
#include "core/timing.hpp"
#include "sim/scenario/delay.hpp"
#include "sim/scenario/scenario.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace bully::sim {

/// Each process is paused now and then: garbage collection, a busy host, a moved virtual machine.
struct Stall {
    Duration every{};  ///< From the end of one to the next, on the average; exponentially distributed.
    Duration lasts{};
};

/// The world that a timing is wanted for.
struct Environment {
    Delay delay = Delay::uniform(std::chrono::milliseconds(1), std::chrono::milliseconds(10));
    Number processes = 5;
    std::optional<Stall> stall;
    std::uint64_t loss = 0;  ///< Of a message, in units of 2^-32.
    Mode mode = Mode::robust;
};

/// The one-way delay that a part q of all messages doesn't exceed.
[[nodiscard]] Duration delay_quantile(const Delay& delay, double q);

/// δ of C1 to C3: the longest delay where there is one, and else that which one message in a million exceeds.
[[nodiscard]] Duration longest_counted_delay(const Delay& delay);
inline constexpr double counted_part = 1 - 1e-6;

/// About the part of all round trips that take longer than this.
[[nodiscard]] double late_part(const Delay& delay, Duration timeout);

/// Up to two digits and zeros: 21ms for 20.4ms.
[[nodiscard]] Duration rounded_up(Duration duration);

/// For people: 53.8ms for 53.847774ms.
[[nodiscard]] Duration three_digits(Duration duration);

/// What is worth a try. T_p: what one round trip in a hundred exceeds, less than C3 allows; the least that it allows,
/// twice that, and δ longer than a stall. Gaps: as the lab's 500 ms to 3 s, and the same a few times shorter and
/// longer. With each of these first the least T_ok and T_coord that C1 and C2 allow; then a shorter and twice as long a
/// T_coord; then T_ok as T_p, each with the least T_coord that C2 allows.
[[nodiscard]] std::vector<Timing> candidate_timings(const Environment& environment);

}  // namespace bully::sim
