// A run as a picture of it needs it: who did what when and why, and which arrival belongs to which send.
#pragma once

#include "core/event.hpp"
#include "core/record/narration.hpp"
#include "core/transitions.hpp"
#include "core/view.hpp"
#include "sim/engine/observer.hpp"
#include "sim/scenario/scenario.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bully::sim {

/// A place in one of the lists of a ViewModel.
using ViewIndex = std::uint32_t;

/// What a process is taken for by who watches the group: a symbol of the timeline.
enum class Look : std::uint8_t { none, joining, following, leading, asking, waiting, feigning, down, paused };
inline constexpr std::size_t look_count = 9;
[[nodiscard]] std::string_view to_string(Look look);
[[nodiscard]] std::string_view symbol_of(Look look);

struct ViewState {
    Phase phase = Phase::down;
    Watch watch = Watch::nothing;
    Number leader = 0;  ///< 0: none.
    Round round = 0;
};

/// What brought a step about.
struct ViewCause {
    enum class Kind : std::uint8_t {
        none,
        message,  ///< It arrived; or, for a refusal or the daemon's answer, it was the request.
        timer,    ///< `index` is the step that started it.
        world,
    };
    Kind kind = Kind::none;
    ViewIndex index = 0;
};

struct ViewTimer {
    Timer timer = Timer::answer;
    DurationRange range;  ///< Its length is drawn from this.
};

/// A sentence of the timeline. `order` sorts those of steps, messages and the world as they were told.
struct ViewLine {
    Time at{};
    std::uint32_t order = 0;
    Prominence prominence = Prominence::detail;
    std::string text;
};

struct ViewStep {
    ViewLine line;
    Number number = 0;
    EventKind event = EventKind::start;
    const Transition* row = nullptr;  ///< Of the table of transitions; null: nothing is done about such an event.
    bool late = false;                ///< Row 6: of an older round, and ignored.
    ViewState before;
    ViewState after;
    ViewCause cause;
    std::vector<ViewTimer> timers;  ///< Started by it.
};

struct ViewMessage {
    MessageType type = MessageType::ok;
    Number from = 0;
    Number to = 0;  ///< 0: the coordinator daemon.
    Round round = 0;
    Time sent{};
    std::optional<Time> due;            ///< When it arrives if nobody is paused; none if it is lost on its way.
    bool disturbed = false;             ///< As in MessageNote.
    Fate fate = Fate::sent;             ///< sent: still under way at the end.
    Time known{};                       ///< When that was known: the arrival.
    std::optional<ViewIndex> by;        ///< The step that sent it.
    std::optional<ViewIndex> step;      ///< The step that its arrival brought about.
    std::optional<ViewIndex> outcome;   ///< The step that a refusal of it, or the daemon's answer to it, brought about.
    std::optional<ViewIndex> original;  ///< It is the second copy of this message.
    std::vector<ViewLine> lines;        ///< What the timeline says of it.
};

struct ViewWorld {
    ViewLine line;
    WorldNote::Kind kind = WorldNote::Kind::start;
    Number number = 0;
    bool ends = false;
};

/// A process looks the same and follows the same leader for a while.
struct ViewBand {
    Number number = 0;
    Look look = Look::none;
    Number leader = 0;
    Time from{};
    Time until{};
};

/// Something is so for the whole group for a while.
struct ViewSpan {
    Time from{};
    Time until{};
    Number leader = 0;  ///< Agreement: on whom.
};

struct ViewModel {
    std::vector<ViewStep> steps;        ///< In order.
    std::vector<ViewMessage> messages;  ///< In the order in which they were sent.
    std::vector<ViewWorld> world;
    std::vector<ViewBand> bands;  ///< By process, and by time.
    std::vector<ViewSpan> leaderless;
    std::vector<ViewSpan> several_leaders;
    std::vector<ViewSpan> agreement;  ///< All live processes follow one live leader, wherever links are cut.
    Time end{};                       ///< It tells all up to here.
    std::uint64_t left_out = 0;       ///< Messages sent later than that.
};

}  // namespace bully::sim
