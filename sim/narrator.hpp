// Says in plain words what a note means: who did what, and why. Knows nothing of layout.
#pragma once

#include <cstdint>
#include <string>

#include "sim/cast.hpp"
#include "sim/observer.hpp"

namespace bully::sim {

/// How much a sentence stands out.
enum class Weight : std::uint8_t {
    detail,  ///< for --verbose only
    note,
    election,
    victory,
    fault,  ///< what happens to processes and links
    agreement,
    split,  ///< two leaders
    quiet,  ///< nothing much, for a while
};

struct Sentence {
    Weight weight = Weight::detail;
    std::string text;  ///< What follows the subject: "follows 4".
    /// What follows a list of subjects, where several do the same: "follow 4". Sentences of equal and non-empty
    /// `together` may be merged. Empty: this one stands alone.
    std::string together;
    /// Goes before the subject: "COORDINATOR from 4 is lost on its way to ".
    std::string before_subject;
};

class Narrator {
  public:
    /// `cast` must outlive this, and be as it was before the note. `crowd`: so many processes that elections are
    /// told in groups, and messages by their number.
    explicit Narrator(const Cast& cast) : cast_(cast) {}
    void set_crowd(bool crowd) { crowd_ = crowd; }

    [[nodiscard]] Sentence tell(const LifeNote& note) const;
    [[nodiscard]] Sentence tell(const StepNote& note) const;
    [[nodiscard]] Sentence tell(const WorldNote& note) const;
    /// The subject is the receiver; with a `before_subject` that names the sender.
    [[nodiscard]] Sentence tell(const MessageNote& note) const;

  private:
    struct Outcome;

    [[nodiscard]] Outcome outcome_of(const StepNote& note) const;
    [[nodiscard]] Sentence told(const StepNote& note, const Start& event) const;
    [[nodiscard]] Sentence told(const StepNote& note, const Joined& event) const;
    [[nodiscard]] Sentence told(const StepNote& note, const JoinFailed& event) const;
    [[nodiscard]] Sentence told(const StepNote& note, const ElectionReceived& event) const;
    [[nodiscard]] Sentence told(const StepNote& note, const ProbeReceived& event) const;
    [[nodiscard]] Sentence told(const StepNote& note, const CoordinatorReceived& event) const;
    [[nodiscard]] Sentence told(const StepNote& note, const AnswerReceived& event) const;
    [[nodiscard]] Sentence told(const StepNote& note, const Unreachable& event) const;
    [[nodiscard]] Sentence told(const StepNote& note, const TimerFired& event) const;
    [[nodiscard]] Sentence told(const StepNote& note, const Elect& event) const;
    [[nodiscard]] Sentence told(const StepNote& note, const Feign& event) const;
    [[nodiscard]] std::string sender(const StepNote& note) const;
    [[nodiscard]] std::string leader_of(const View& view) const;

    const Cast& cast_;
    bool crowd_ = false;
};

}  // namespace bully::sim
