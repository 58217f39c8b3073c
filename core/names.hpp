// The names of enumerators, as traces, timelines and documents write them. Stable: programs read them.
#pragma once

#include "core/action.hpp"
#include "core/event.hpp"
#include "core/settings.hpp"
#include "core/view.hpp"

#include <cstdint>
#include <string_view>

namespace bully {

enum class EventKind : std::uint8_t;

[[nodiscard]] std::string_view to_string(Phase phase);
[[nodiscard]] std::string_view to_string(Watch watch);
[[nodiscard]] std::string_view to_string(Mode mode);
[[nodiscard]] std::string_view to_string(EventKind kind);
[[nodiscard]] std::string_view to_string(Timer timer);
[[nodiscard]] std::string_view to_string(Warn::What what);
/// For people. "it ..." is about `Warn::about`.
[[nodiscard]] std::string_view sentence(Warn::What what);
[[nodiscard]] std::string_view to_string(Unreachable::Why why);

}  // namespace bully
