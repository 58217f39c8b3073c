// What a process is told once: the rules that it follows, its timeouts, what it does by itself.
#pragma once

#include "core/timing.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace bully {

/// Never renumber: digests depend on the numbers.
enum class Mode : std::uint8_t {
    strict = 0,  ///< The rules of the lab, gaps and all.
    robust = 1,  ///< With R1 to R8 and the hold-down. Indistinguishable on the wire.
};
inline constexpr std::size_t mode_count = 2;

/// Feign failures regularly (rule 8): after a time drawn from `up`, be down for one drawn from `down`, and again.
struct FeignPlan {
    DurationRange up{std::chrono::seconds(0), std::chrono::seconds(10)};
    DurationRange down{std::chrono::seconds(1), std::chrono::seconds(4)};

    friend bool operator==(const FeignPlan&, const FeignPlan&) = default;
};

struct Settings {
    Mode mode = Mode::robust;
    Timing timing;
    bool probing = true;
    std::optional<FeignPlan> feign;

    friend bool operator==(const Settings&, const Settings&) = default;
};

}  // namespace bully
