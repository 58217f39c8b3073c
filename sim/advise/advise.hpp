// The advisor: the candidate timings that no other one dominates, and a recommendation.
#pragma once

#include "sim/advise/candidates.hpp"
#include "sim/advise/measure.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace bully::sim {

/// The costs of a timing: less is better. Rounded to the digits that are shown, so that chance in further digits
/// decides nothing.
struct Cost {
    double mean_s = 0;  ///< The mean time to a new leader.
    double p99_s = 0;
    double false_elections = 0;  ///< Per day.
    double messages = 0;         ///< Per second.
    double broken = 0;           ///< The number of broken conditions, of C1 to C3.

    [[nodiscard]] std::array<double, 5> all() const { return {mean_s, p99_s, false_elections, messages, broken}; }
};

/// The indexes, ascending, of the costs that no other cost dominates: none is at least as good in everything and better
/// in something. Of equal costs the first one stays.
[[nodiscard]] std::vector<std::size_t> pareto_front(const std::vector<Cost>& costs);

struct Candidate {
    Measured measured;  ///< With the same seeds as all other candidates, for the comparison.
    Cost cost;
    std::vector<BrokenCondition> broken;
    /// A second measurement with other seeds, at least as long. If it exists, its false elections count.
    std::optional<Measured> check;

    [[nodiscard]] double false_elections_a_day() const;
};

struct Advice {
    Environment environment;
    Duration longest_delay{};           ///< δ, see longest_counted_delay.
    std::vector<Candidate> candidates;  ///< In the order of candidate_timings.
    std::vector<std::size_t> front;     ///< Ascending by messages, then by mean time.
    std::size_t recommended = 0;        ///< An index of candidates; on the front.
    std::string rule;                   ///< For people, one sentence: how the recommended timing was chosen.
    std::string reason;                 ///< For people, sentences: the reasons for it, with figures.
    std::vector<std::string> risks;     ///< For people: the assumptions of the promises.
};

/// The index of the recommended candidate, among those of the front that keep C1 to C3.
///
/// If some of these had at most one false election per day: the one with the least time² x messages. From there, half
/// the time to a new leader would cost more than four times the messages, and half the messages more than 41 % of time.
/// Otherwise, for example if messages are lost, false elections come with the PROBEs, and the longest gap of all would
/// always have the fewest. Then it is the one nearest to the best value of mean time, false elections and messages: the
/// sum of squared logarithms, scaled from 0 for the best to 1 for the worst.
[[nodiscard]] std::size_t recommend(const std::vector<Candidate>& candidates, const std::vector<std::size_t>& front);

/// Sentences about the values of the timing that are the least or the greatest tried, and the effect of going further.
[[nodiscard]] std::vector<std::string> edges_of(const Timing& timing, const std::vector<Candidate>& candidates);

/// At most `most` indexes of the front, in its order: the recommended candidate, the same with other probe gaps, then,
/// repeatedly, the candidate least like those chosen so far. If possible, two thirds of them keep C1 to C3.
[[nodiscard]] std::vector<std::size_t> shown_front(const Advice& advice, std::size_t most);

/// Measures all candidates, then the best one again: with its own T_ok and T_coord, at least as long, and with other
/// seeds, for the best of many may merely have been lucky. This repeats until the best one has passed its second
/// measurement. None if it was stopped.
[[nodiscard]] std::optional<Advice> advise(const Environment& environment, const MeasureOptions& options);

}  // namespace bully::sim
