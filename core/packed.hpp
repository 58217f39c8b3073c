// The state of a process in two words: what decides all that it will ever do, and nothing else. For who explores many
// states, and has to know which ones are the same.
#pragma once

#include "core/election.hpp"
#include "core/membership.hpp"
#include "core/process_id.hpp"
#include "core/settings.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace bully {

/// What nothing will ask for any more is left out, and so are the names of rounds: of a round the core only asks
/// whether it is the present one. So of two equal ones the same events bring the same actions.
struct PackedElection {
    std::array<std::uint64_t, 2> words{};

    /// Whether a timer of this slot would still do something; of the main one nothing is known but by its round.
    [[nodiscard]] bool heeds(TimerSlot slot) const { return (words[0] >> static_cast<unsigned>(slot) & 1U) != 0; }
    /// R6: whether there is somebody whose OK counts no more.
    [[nodiscard]] bool discounts_somebody() const { return (words[1] & 0xffU) != 0; }

    friend bool operator==(const PackedElection&, const PackedElection&) = default;
};

/// The rounds of an unpacked process. Its present round is `Election::round()`.
struct UnpackedRounds {
    static constexpr Round earlier = 1;  ///< Of anything that is stale.
    static constexpr Round present = 2;
    static constexpr Round hold_down = 3;
    static constexpr Round feign = 4;
    static constexpr Round refresh = 5;
};

/// Packs the processes of one group, all of which know the same addresses.
class ElectionPacker {
  public:
    static constexpr std::size_t most_members = 8;

    /// `group`: whomever any process may come to know of, from 1 to `most_members`.
    explicit ElectionPacker(const Membership& group);

    /// Requires: all that `process` knows of is in the group, at its address there.
    [[nodiscard]] PackedElection pack(const Election& process) const;

    /// A process that does what the packed one would have done. `elections()`, `victories()`, `won_round()` and
    /// `last_round()` aren't the packed one's: nothing that a process does depends on them.
    [[nodiscard]] Election unpack(const PackedElection& packed, ProcessId self, const Settings& settings) const;
    Election unpack(const PackedElection& packed, ProcessId self, const Settings&& settings) const = delete;

    /// The members of a set, given as bits by their position in the group.
    [[nodiscard]] const Membership& subset(std::size_t bits) const { return subsets_[bits]; }
    /// Their bits, likewise.
    [[nodiscard]] std::size_t bits(const Membership& members) const;

  private:
    [[nodiscard]] std::uint64_t place(std::optional<ProcessId> pid) const;
    [[nodiscard]] std::uint32_t turns(const Election& process) const;
    [[nodiscard]] static std::uint8_t told_apart_returns(const Election& process);
    [[nodiscard]] std::optional<ProcessId> at_place(std::uint64_t place) const;

    std::vector<Membership> subsets_;  // by bits
};

}  // namespace bully
