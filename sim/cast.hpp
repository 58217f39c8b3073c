// The processes as a timeline shows them: what they are called, and the state each is in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/election.hpp"
#include "sim/observer.hpp"
#include "sim/scenario.hpp"

namespace bully::sim {

/// What the column of a process shows.
enum class Look : std::uint8_t {
    absent,   ///< not started yet
    joining,
    follows,
    suspects,  ///< its leader is gone, the JOIN before the election is under way
    leads,
    asks,   ///< awaiting answers
    waits,  ///< awaiting the coordinator
    feigns,
    paused,
    down,
};

[[nodiscard]] std::string_view symbol(Look look);

class Cast {
  public:
    /// Names longer than this are left to the legend.
    static constexpr std::size_t longest_label = 12;

    void reset(const Scenario& scenario);

    [[nodiscard]] std::size_t size() const { return members_.size(); }
    /// Its name, if that is short; or else its number.
    [[nodiscard]] const std::string& label(Number number) const { return members_[number - 1].label; }
    [[nodiscard]] std::string label(ProcessId pid) const;
    /// 0 if no process of the scenario has this pid. Of two with the same one, the first.
    [[nodiscard]] Number find(ProcessId pid) const;
    /// The label, and a cross if that process is down at present.
    [[nodiscard]] std::string label_as_seen(ProcessId pid) const;
    /// "1–4, 7": labels of all these, ascending; runs of plain numbers as ranges. Beyond `most` items, how many more.
    [[nodiscard]] std::string list(std::vector<Number> numbers, std::size_t most = 12) const;

    [[nodiscard]] Look look(Number number) const;
    [[nodiscard]] bool is_live(Number number) const {
        const auto& member = members_[number - 1];
        return member.running && !member.paused && member.view.phase != Phase::failed;
    }
    [[nodiscard]] const View& view(Number number) const { return members_[number - 1].view; }

    void set_view(Number number, const View& view) { members_[number - 1].view = view; }
    void begin_life(Number number);
    void apply(const WorldNote& note);

  private:
    struct Role {
        std::string label;
        bool numbered = false;  // the label is the number
        bool begun = false;
        bool running = false;
        bool paused = false;
        View view;
    };

    std::vector<Role> members_;
    std::unordered_map<ProcessId, Number> numbers_;
};

}  // namespace bully::sim
