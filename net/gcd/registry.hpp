// What the group coordinator daemon knows and answers, without its sockets: as gcd2.py does, but for the requests that
// crash that one or lock a student out for ever, which get an error text here (net/README.md#the-coordinator-daemon).
#pragma once

#include "core/membership.hpp"
#include "core/timing.hpp"
#include "net/pickle/value.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bully {

/// Who wants to join, with the host as it was sent.
struct JoinRequest {
    ProcessId pid{};
    std::string host;
    std::optional<std::uint16_t> port;  ///< Nothing: an invalid one, to be told after the host's resolution.
};

/// The request in `message`, or the text that gcd2.py answers. `only`: the name that a JOIN must have; empty: any of
/// the three.
[[nodiscard]] tl::expected<JoinRequest, std::string> read_join_request(const pickle::Value& message,
                                                                       std::string_view only = {});

inline constexpr std::string_view invalid_port = "Invalid port number";
inline constexpr std::string_view only_local = "Only local group members currently allowed";

/// What gcd2.py sends, as raw text, to who sends what is no pickle.
[[nodiscard]] std::string not_a_pickle(std::string_view bytes);

/// Who had to go for a member that joined.
struct Replaced {
    enum class Why : std::uint8_t { same_student, same_address, full } why;
    ProcessId pid;
};
[[nodiscard]] std::string_view to_string(Replaced::Why why);

/// Who hasn't joined again for too long.
struct Forgotten {
    Member member;
    Duration silent_for{};
};

/// What a JOIN has changed for others.
struct Entered {
    std::optional<Endpoint> before;  ///< Where this pid was, if that was elsewhere.
    std::vector<Replaced> replaced;
    std::vector<Forgotten> forgotten;
};

class GcdRegistry {
  public:
    /// Members that haven't joined again for so long are forgotten; nothing: never, as gcd2.py.
    explicit GcdRegistry(std::optional<Duration> forget_after = std::nullopt) : forget_after_(forget_after) {}

    /// Enters `member`, at a time since any epoch. One pid a student, and one a listener: the older one goes. Of too
    /// many, the oldest goes.
    Entered join(const Member& member, Duration now);
    /// The answer to a JOIN, pickled: {pid: (host, port)} in the order of joining.
    [[nodiscard]] std::string answer() const;
    [[nodiscard]] std::size_t size() const { return entries_.size(); }
    /// Whether some members are on loopback, and others aren't.
    [[nodiscard]] bool is_mixed() const;

  private:
    struct Entry {
        Member member;
        Duration joined{};
    };

    std::optional<Duration> forget_after_;
    std::vector<Entry> entries_;
};

/// A text as a pickle, for errors.
[[nodiscard]] std::string pickled(std::string_view text);

}  // namespace bully
