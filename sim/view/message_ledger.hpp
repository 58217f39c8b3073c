// Which arrival belongs to which send: exactly, from an observer's notes.
//
// A note names a message by type, sender, receiver and round, which several may share: a COORDINATOR that is repeated,
// an OK to each copy of an ELECTION. What tells them apart is when each is due. Those that are due at one instant too,
// or wait in one backlog, differ in nothing that anybody could see; the one that was sent first is taken.
#pragma once

#include "sim/engine/observer.hpp"
#include "sim/view/model.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

namespace bully::sim {

class MessageLedger {
  public:
    /// Message `index` is sent, or is a copy of one: `due` at that time; none if it will be lost.
    void sent(const MessageNote& note, ViewIndex index, std::optional<Time> due);
    /// The message whose fate this is; nothing if it was sent before the ledger began. It is no longer under way.
    [[nodiscard]] std::optional<ViewIndex> ended(const MessageNote& note);

  private:
    using Key = std::tuple<MessageType, Number, Number, Round>;
    struct Underway {
        std::optional<Time> due;
        ViewIndex index = 0;
    };

    std::map<Key, std::vector<Underway>> underway_;  // those of one key as they were sent
    std::optional<ViewIndex> latest_;                // of which nothing but that it is sent was told since
};

}  // namespace bully::sim
