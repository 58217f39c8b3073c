// The meaning of a lab message, whatever its form.
//
// Nodes of the lab agree on five kinds of messages, and on little else: a name has several spellings, and stands alone,
// in a pair or in a triple; a message names its sender or doesn't; COORDINATOR carries the leader or a list. Reading is
// as generous as it can be without guessing, and keeps the form, so that the answer can have it too (see shape.hpp).
// Source: net/README.md#kinds-of-nodes.
#pragma once

#include "core/membership.hpp"
#include "core/process_id.hpp"
#include "net/pickle/value.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bully::lab {

enum class MessageKind : std::uint8_t { join, election, ok, coordinator, probe };
inline constexpr std::size_t message_kind_count = 5;

[[nodiscard]] std::string_view to_string(MessageKind kind);

/// The form of a message: its name, and the layout of its parts.
///
/// In a layout letters stand for the parts, parentheses for tuples, and brackets for lists:
///   w  the name, a str         b  the name, as bytes
///   P  a pid                   A  an address
///   M  members {pid: address}  R  {address: pid}      L  [(pid, address), ...]
///   E  an empty dict           N  None                ?  anything else
/// So "w" is a bare name, "(wM)" a pair with members, "(wPM)" a triple that says who sends it, "(w(PA))" a pair in
/// a pair.
struct Form {
    std::string word;  ///< Name, as it was sent, such as "GOT_IT".
    std::string layout;

    friend bool operator==(const Form&, const Form&) = default;
};

struct Message {
    MessageKind kind = MessageKind::ok;
    /// The process that it names: the sender of ELECTION, OK and PROBE, the joiner of JOIN, the leader of COORDINATOR.
    std::optional<ProcessId> pid;
    std::optional<Endpoint> address;  ///< Address of `pid`.
    Membership members;
    Form form;
};

/// Reads a message. The error says why `value` isn't one.
[[nodiscard]] tl::expected<Message, std::string> read_message(const pickle::Value& value);

/// Reads the daemon's answer to a JOIN: the members. The error is the daemon's own text if it sent one.
[[nodiscard]] tl::expected<Membership, std::string> read_join_answer(const pickle::Value& value);

/// Reads (days, student_id), a tuple or a list of two ints.
[[nodiscard]] std::optional<ProcessId> read_pid(const pickle::Value& value);
/// Reads (host, port).
[[nodiscard]] std::optional<Endpoint> read_endpoint(const pickle::Value& value);
/// Reads {pid: address}, {address: pid}, or a list of pairs. Other entries of a dict are left out. Nothing for any
/// other value.
[[nodiscard]] std::optional<Membership> read_members(const pickle::Value& value);

/// `text` as one line of printable ASCII for logs: all other bytes are escaped, and about `limit` characters are kept.
[[nodiscard]] std::string printable(std::string_view text, std::size_t limit = 120);

}  // namespace bully::lab
