// The network: what becomes of a message between two processes, and when. Knows partitions, cut and slow links,
// loss, duplication, and scripted messages; nothing of elections.
#pragma once

#include "sim/engine/random.hpp"
#include "sim/scenario/delay.hpp"
#include "sim/scenario/scenario.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace bully::sim {

/// The fate of one message.
struct Passage {
    bool lost = false;
    bool disturbed = false;  ///< Lost, or slower than the network's own longest delay.
    Duration delay{};
    std::optional<Duration> duplicate;  ///< The delay of its second copy, if there is one.
};

/// Numbers are those of processes, from 1. Not thread-safe.
class Network {
  public:
    /// Returns to the state at the start of `scenario`, which must outlive this.
    void reset(const Scenario& scenario, Random random);

    /// True while a message's only fate is its delay: no loss, duplication, cut, slow link, nor script.
    [[nodiscard]] bool is_plain() const { return plain_; }
    [[nodiscard]] const Delay& delay() const { return *delay_; }
    [[nodiscard]] const Random& random() const { return random_; }

    /// Decides the fate of message number `count` of its type from this sender; `draw` decides its delay. Counts it for
    /// the scripts that match it.
    [[nodiscard]] Passage pass(MessageType type, Number from, Number to, std::uint32_t count, std::uint32_t draw);

    /// Whether no partition and no cut keeps messages of `from` from `to`.
    [[nodiscard]] bool connects(Number from, Number to) const { return connects(blocks_, from, to); }
    /// The probability that a message is lost, in units of 2^-32.
    [[nodiscard]] std::uint64_t loss() const { return loss_; }

    /// What the begin or the end of a fault changes.
    enum class Effect : std::uint8_t {
        over,  ///< Nothing: `heal` had ended the fault before.
        none,  ///< Nothing: other faults do the same, or overlay it.
        some,  ///< The fate of some messages.
    };
    // The begin and the end of a fault. `token` is its place in the scenario: its end names it by that.
    Effect begin_partition(std::size_t token, const fault::Partition& partition);
    Effect begin_cut(std::size_t token, const fault::Cut& cut);
    Effect begin_slow(std::size_t token, const fault::Slow& slow);
    Effect begin_delay(std::size_t token, const fault::ChangeDelay& change);
    Effect begin_loss(std::size_t token, const fault::ChangeLoss& change);
    Effect end(std::size_t token);
    /// Ends all partitions, cuts and slow links.
    Effect heal();
    /// The tokens of the partitions, cuts and slow links that haven't ended, in the order in which they began.
    [[nodiscard]] std::vector<std::size_t> blocks() const;

  private:
    struct Block {
        std::size_t token = 0;
        std::vector<std::uint16_t> groups;  // partition: by number - 1; 0 is the group of those in none
        std::optional<Links> links;         // cut, or slow
        Duration slower{};                  // zero: cut
    };
    template <typename Value>
    struct Change {
        std::size_t token = 0;
        Value value;
    };

    using Blocks = std::vector<Block>;

    void refresh();
    Effect replace_blocks(Blocks blocks);
    [[nodiscard]] bool are_alike(const Blocks& some, const Blocks& others) const;
    [[nodiscard]] static bool connects(const Blocks& blocks, Number from, Number to);
    [[nodiscard]] static bool covers(const Links& links, Number from, Number to);
    [[nodiscard]] static Duration slowness(const Blocks& blocks, Number from, Number to);

    const Scenario* scenario_ = nullptr;
    Random random_;
    bool plain_ = true;
    Duration longest_{};  // of the scenario's own delay
    const Delay* delay_ = nullptr;
    std::uint64_t loss_ = 0;
    Blocks blocks_;
    std::vector<Change<const Delay*>> delays_;
    std::vector<Change<std::uint64_t>> losses_;
    std::vector<std::uint32_t> script_counts_;
};

}  // namespace bully::sim
