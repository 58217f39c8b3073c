// A summary of the actions of a step: made once for each step, and shared by all checks.
#pragma once

#include "core/action.hpp"
#include "core/event.hpp"
#include "sim/engine/observer.hpp"

#include <cstdint>
#include <span>
#include <variant>

namespace bully::sim {

/// The actions of a step by kind. A pointer is to the last action of its kind, or null; it holds during the note only.
struct StepDigest {
    std::uint16_t kinds = 0;  ///< A bit for each alternative of Action.
    std::uint8_t replies = 0;
    std::uint8_t announces = 0;
    std::uint8_t elections = 0;  ///< ELECTION multicasts.
    bool reply_after_election = false;
    const Announce* announce = nullptr;
    const SendElection* election = nullptr;
    const AskHigher* ask = nullptr;
    const SendProbe* probe = nullptr;
    const Join* join = nullptr;  ///< A JOIN that the process waits for: of a round other than no_round.
    const Reply* reply = nullptr;

    // By reference: a span whose halves were stored just now stalls if it is copied as a whole.
    explicit StepDigest(const std::span<const Action>& actions) {
        for (const auto& action : actions) {
            kinds = static_cast<std::uint16_t>(kinds | 1U << action.index());
            switch (action.index()) {
                case action_index<Join>():
                    if (std::get_if<Join>(&action)->round != no_round) join = std::get_if<Join>(&action);
                    break;
                case action_index<SendElection>():
                    ++elections;
                    election = std::get_if<SendElection>(&action);
                    break;
                case action_index<AskHigher>(): ask = std::get_if<AskHigher>(&action); break;
                case action_index<Announce>():
                    ++announces;
                    announce = std::get_if<Announce>(&action);
                    break;
                case action_index<SendProbe>(): probe = std::get_if<SendProbe>(&action); break;
                case action_index<Reply>():
                    ++replies;
                    reply = std::get_if<Reply>(&action);
                    reply_after_election = reply_after_election || elections > 0 || ask != nullptr;
                    break;
                case action_index<StartTimer>():
                case action_index<StopListening>():
                case action_index<Listen>():
                case action_index<LeaderChanged>():
                case action_index<Warn>():
                case action_index<GiveUp>(): break;  // a bit in `kinds` says all
            }
            static_assert(std::variant_size_v<Action> == 12, "a new action needs a case above");
        }
    }

    template <typename Alternative>
    [[nodiscard]] bool has() const {
        return (kinds >> action_index<Alternative>() & 1U) != 0;
    }
};

/// The round that an event belongs to; no_round for one that has none.
[[nodiscard]] inline Round round_of(const Event& event) {
    return std::visit(
        [](const auto& e) -> Round {
            if constexpr (requires { e.round; }) {
                return e.round;
            } else {
                return no_round;
            }
        },
        event);
}

}  // namespace bully::sim
