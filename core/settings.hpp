// What a process is told once: the rules that it follows, its timeouts, what it does by itself.
#pragma once

#include "core/timing.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace bully {

enum class Mode : std::uint8_t {
    strict,  ///< The rules of the lab, gaps and all.
    robust,  ///< With R1 to R8 and the hold-down. Indistinguishable on the wire.
};

/// Feign failures regularly (rule 8): after a time drawn from `up`, be down for one drawn from `down`, and again.
struct FeignPlan {
    DurationRange up{std::chrono::seconds(0), std::chrono::seconds(10)};
    DurationRange down{std::chrono::seconds(1), std::chrono::seconds(4)};
};

struct Settings {
    Mode mode = Mode::robust;
    Timing timing;
    bool probing = true;
    std::optional<FeignPlan> feign;
};

}  // namespace bully
