// What a step did, at a glance: made once per step and shared by all that check it.
#pragma once

#include "core/action.hpp"
#include "core/event.hpp"
#include "sim/engine/observer.hpp"

#include <cstdint>
#include <span>
#include <variant>

namespace bully::sim {

/// The actions of a step, sorted out. Pointers are to the last action of their kind, and hold during the note only.
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
    const Join* join = nullptr;  ///< One that something waits for: of a round other than 0.
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
                default: break;
            }
        }
    }

    template <typename Alternative>
    [[nodiscard]] bool has() const {
        return (kinds >> action_index<Alternative>() & 1U) != 0;
    }
};

/// The round that an event belongs to; 0 for one that has none.
[[nodiscard]] inline Round round_of(const Event& event) {
    if (const auto* answer = std::get_if<AnswerReceived>(&event)) return answer->round;
    if (const auto* fired = std::get_if<TimerFired>(&event)) return fired->round;
    if (const auto* unreachable = std::get_if<Unreachable>(&event)) return unreachable->round;
    if (const auto* joined = std::get_if<Joined>(&event)) return joined->round;
    if (const auto* failure = std::get_if<JoinFailed>(&event)) return failure->round;
    return 0;
}

}  // namespace bully::sim
