// The readers of the values of a scenario file: times, percentages, comparisons, delays. Each reports what is wrong.
#pragma once

#include "core/record/quantities.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/scenario/strict_yaml.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace bully::sim {

/// The value of a node for a message: "`5`", "`seed` has no value", "a list".
[[nodiscard]] std::string value_text(const YamlNode& node);

/// Reads the values of one file. The paths of empirical delays are relative to `folder`; files in `known` aren't read
/// again. Each function returns none, and adds a diagnostic, if the node isn't such a value.
class ValueReader {
  public:
    ValueReader(Diagnostics& diagnostics, std::string folder, DelayFiles known = {})
        : diagnostics_(diagnostics), folder_(std::move(folder)), known_(std::move(known)) {}

    [[nodiscard]] std::optional<Duration> duration(const YamlNode& node, bool zero_allowed = true);
    /// A range `[least, most]`, or one time for both.
    [[nodiscard]] std::optional<DurationRange> range(const YamlNode& node);
    [[nodiscard]] std::optional<std::uint64_t> integer(const YamlNode& node, std::uint64_t min, std::uint64_t max,
                                                       std::string_view what);
    /// A percentage, as a probability in units of 2^-32.
    [[nodiscard]] std::optional<std::uint64_t> probability(const YamlNode& node);
    [[nodiscard]] std::optional<double> positive(const YamlNode& node);
    [[nodiscard]] std::optional<bool> flag(const YamlNode& node);
    /// The index of the node's word in `words`.
    [[nodiscard]] std::optional<std::size_t> choice(const YamlNode& node, const std::vector<std::string_view>& words);
    [[nodiscard]] std::optional<std::string> text(const YamlNode& node, bool lines = false);
    [[nodiscard]] std::optional<Comparison> comparison(const YamlNode& node);
    [[nodiscard]] std::optional<Delay> delay(const YamlNode& node);
    [[nodiscard]] std::optional<MessageType> message_type(const YamlNode& node);
    /// The files of the delays that were read so far.
    [[nodiscard]] const DelayFiles& files() const { return files_; }

  private:
    [[nodiscard]] std::optional<Delay> distribution(const YamlNode& kind, const YamlNode& value);
    [[nodiscard]] std::optional<Delay> empirical(const YamlNode& value);
    [[nodiscard]] std::optional<Delay> measured(const YamlNode& value, const std::string& path);
    [[nodiscard]] std::shared_ptr<const DelayFile> read_delays(const YamlNode& value, const std::string& path);

    Diagnostics& diagnostics_;
    std::string folder_;
    DelayFiles known_;
    DelayFiles files_;
};

/// The names of all types of messages, as a file writes them.
[[nodiscard]] std::vector<std::string_view> message_type_names();

}  // namespace bully::sim
