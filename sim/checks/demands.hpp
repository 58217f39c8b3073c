// When each property of the group was demanded: recorded during the run, for the report after it.
//
// Agreement (P14, and with it P15 and P16) is demanded after each fault, from the time when it is due until the next
// fault. P12, P13 and P18 are demanded while the world is calm. CalmClock decides both; GroupProperties records the
// outcomes here.
#pragma once

#include "core/event.hpp"
#include "sim/checks/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bully::sim {

/// The demand for agreement that follows a fault.
struct AgreementDemand {
    enum class Outcome : std::uint8_t {
        pending,  ///< It wasn't due before the next fault, or the end.
        reached,
        nobody,   ///< It was due, and no process was live.
        failed,   ///< It was due, and there was no agreement: P14 is violated.
        excused,  ///< It was due, and no rule of the mode could bring it.
    };
    Time fault{};
    const char* what = "";     ///< The fault, for people: "a crash".
    Time due = Time::max();    ///< Time::max(): something made agreement impossible.
    Time until{};              ///< The next fault, or the end.
    std::uint64_t faults = 1;  ///< More than 1: a row of faults, each followed by the next before agreement was due.
    Outcome outcome = Outcome::pending;
};

/// A stretch in which the world was calm throughout, or not calm throughout.
struct CalmSpan {
    Time from{};
    Time until{};
    const char* ended_calm = nullptr;  ///< The disturbance, for people: "a partition"; null: the world was calm.
};

/// Times are virtual, and calls come in their order. "Agreed" and "calm" below mean: demanded.
class Demands {
  public:
    /// The limit on each list. Beyond it, the last entry takes the place of the one before.
    static constexpr std::size_t most_kept = 1000;

    void reset();

    /// Adds a demand that is over as of its `until`.
    void agreement_ends(AgreementDemand demand);
    /// `what`: the disturbance, for people; it must outlive this.
    void calm_ends(Time at, const char* what);
    void calm_begins(Time at);
    /// The run ends. The functions below require it.
    void finish(Time at);

    /// Whether the property was demanded at any time, or at the end of the run. `more`: how long after agreement is due
    /// the property is demanded.
    [[nodiscard]] bool ever_calm() const;
    [[nodiscard]] bool calm_at_end() const { return spans_.back().ended_calm == nullptr; }
    [[nodiscard]] bool ever_agreed(Duration more = {}) const;
    [[nodiscard]] bool agreed_at_end(Duration more = {}) const;

    /// The calm stretches: "from 0s to 5s, and from 30.61s on"; empty if the whole run was calm.
    [[nodiscard]] std::string calm_text() const;
    /// The stretches that weren't calm: "from 5s to 30.61s: a partition".
    [[nodiscard]] std::string not_calm_text() const;
    /// The stretches in which the property was demanded, `more` after agreement was due: "from 3s + 6.14s = 9.14s to
    /// 12s, and from 12s + 6.14s = 18.14s on". `failed`: includes the demands that failed.
    [[nodiscard]] std::string agreement_text(Duration more, bool failed) const;

    // The same for programs.

    [[nodiscard]] std::vector<PropertyDemand> calm() const;
    /// `outcomes`: says reached or not, rather than demanded or not. `why_not_due`: the reason of the last demand, if
    /// it is pending.
    [[nodiscard]] std::vector<PropertyDemand> agreements(Duration more, bool outcomes,
                                                         const std::string& why_not_due) const;

  private:
    [[nodiscard]] static bool covers(const AgreementDemand& demand, Duration more);

    std::vector<AgreementDemand> agreements_;
    std::uint64_t agreements_left_out_ = 0;
    std::vector<CalmSpan> spans_;
    std::uint64_t spans_left_out_ = 0;
    Time end_{};
};

}  // namespace bully::sim
