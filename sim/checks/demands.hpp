// What was asked of the group, from when to when: recorded as the run goes, told after it.
//
// Agreement (P14, and with it P15 and P16) is demanded after each fault by itself, from the time when it is due until
// the next fault. P12, P13 and P18 are demanded while the world is calm. CalmClock decides both; GroupProperties
// notes here what came of it.
#pragma once

#include "core/event.hpp"
#include "sim/checks/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bully::sim {

/// The demand for agreement that a fault has set up.
struct AgreementDemand {
    enum class Outcome : std::uint8_t {
        pending,  ///< Not due before the next fault, or the end.
        reached,
        nobody,  ///< Due, and nobody lived to agree.
        failed,
        excused,
    };
    Time fault{};
    const char* what = "";     ///< The fault, for people: "a crash".
    Time due = Time::max();    ///< Time::max(): something made it impossible.
    Time until{};              ///< The next fault, or the end.
    std::uint64_t faults = 1;  ///< More: each was followed by the next before agreement was due.
    Outcome outcome = Outcome::pending;
};

/// A stretch in which the world was calm, or not.
struct CalmSpan {
    Time from{};
    Time until{};
    const char* ended_calm = nullptr;  ///< What did, for people: "a partition"; null while it is calm.
};

class Demands {
  public:
    /// Of each list; the last one is always kept, in the place of the one before.
    static constexpr std::size_t most_kept = 1000;

    void reset();

    /// The demand that `fault` has set up is over, as of `until`. `outcome`: what became of it.
    void agreement_ends(AgreementDemand demand);
    void calm_ends(Time at, const char* what);
    void calm_begins(Time at);
    void finish(Time at);

    /// After the run. Whether the property was demanded at any time, or at its end.
    [[nodiscard]] bool ever_calm() const;
    [[nodiscard]] bool calm_at_end() const { return spans_.back().ended_calm == nullptr; }
    [[nodiscard]] bool ever_agreed(Duration more = {}) const;
    [[nodiscard]] bool agreed_at_end(Duration more = {}) const;

    /// "from 0s to 5s, and from 30.61s on"; empty if it was calm from the start to the end.
    [[nodiscard]] std::string calm_text() const;
    /// "from 5s to 30.61s: a partition", the stretches that weren't calm.
    [[nodiscard]] std::string not_calm_text() const;
    /// "from 3s + 6.14s = 9.14s to 12s, and from 12s + 6.14s = 18.14s on", `more` after agreement was due. `failed`: as
    /// well those that failed.
    [[nodiscard]] std::string agreement_text(Duration more, bool failed) const;

    /// For programs.
    [[nodiscard]] std::vector<PropertyDemand> calm() const;
    /// `outcomes`: reached or not, rather than demanded or not. `why_not_due`: of the last one, if it is pending.
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
