// The advisor: of all candidate timings those that no other beats, and the one to take.
#pragma once

#include "sim/advise/candidates.hpp"
#include "sim/advise/measure.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace bully::sim {

/// What is wanted little of. Rounded to what is shown, so that chance in the last digit decides nothing.
struct Cost {
    double mean_s = 0;  ///< Time to a new leader.
    double p99_s = 0;
    double false_elections = 0;  ///< A day.
    double messages = 0;         ///< A second.
    double broken = 0;           ///< Of C1 to C3: how many.

    [[nodiscard]] std::array<double, 5> all() const { return {mean_s, p99_s, false_elections, messages, broken}; }
};

/// The positions of those that no other dominates: none is at least as good in everything and better in something.
/// Of equals the first one stays. Ascending.
[[nodiscard]] std::vector<std::size_t> pareto_front(const std::vector<Cost>& costs);

struct Candidate {
    Measured measured;  ///< With the same seeds as all others: what they are compared by.
    Cost cost;
    std::vector<BrokenCondition> broken;
    /// Measured a second time, by itself, with other seeds and at least as long; its false elections decide, if it is
    /// there.
    std::optional<Measured> check;

    [[nodiscard]] double false_elections_a_day() const;
};

struct Advice {
    Environment environment;
    Duration longest_delay{};           ///< δ, as counted.
    std::vector<Candidate> candidates;  ///< In the order of candidate_timings.
    std::vector<std::size_t> front;     ///< Ascending by messages, then by mean time.
    std::size_t recommended = 0;        ///< Of candidates; on the front.
    std::string rule;                   ///< For people: how the recommended one was chosen, one sentence.
    std::string reason;                 ///< Likewise: what speaks for it, and for how much; sentences.
    std::vector<std::string> risks;     ///< Likewise: what the promises rest on.
};

/// Of the front those that keep C1 to C3. If some of these were seen to have at most one false election a day, of them
/// the one with the least time² x messages: from there, half the time to a new leader would cost more than four times
/// the messages, and half the messages would cost more than 41 % of time. If not, as where messages are lost, false
/// elections come with the PROBEs: the fewest are those of the longest gap there is. Then the one that is nearest to
/// the best of each in mean time, false elections and messages: logarithms, from 0 for the best to 1 for the worst,
/// squared.
[[nodiscard]] std::size_t recommend(const std::vector<Candidate>& candidates, const std::vector<std::size_t>& front);

/// Which values of the setting are the first or last of those that were tried, and where others would lead; sentences.
[[nodiscard]] std::vector<std::string> edges_of(const Timing& timing, const std::vector<Candidate>& candidates);

/// At most `most` positions of the front, in its order: the recommended one, the same with other probe gaps, then,
/// again and again, the one that is least like all of these; two thirds of them keep C1 to C3, if as many do.
[[nodiscard]] std::vector<std::size_t> shown_front(const Advice& advice, std::size_t most);

/// Measures all, then the one that comes out best again: with its own T_ok and T_coord, with other seeds, so that it
/// isn't merely the luckiest, and at least as long. And so on until the best one is one that has passed this. None if
/// it was stopped.
[[nodiscard]] std::optional<Advice> advise(const Environment& environment, const MeasureOptions& options);

}  // namespace bully::sim
