// What a lab message says, whichever way its sender writes it.
//
// Nodes of the lab agree on five things to say, and on little else: names come in several spellings, alone, as a pair
// or as a triple; the sender stands in the message or nowhere; COORDINATOR carries the leader or a list. Reading is as
// generous as it can be without guessing; what was seen of the form is kept, so that the answer can be alike (see
// shape.hpp). Source: net/README.md#kinds-of-nodes.
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

/// How a message was written, or is to be: its name, and where things stand around it.
///
/// A layout is a value in which letters stand for the parts, in parentheses or brackets as it is in tuples or lists:
///   w  the name, a str         b  the name, as bytes
///   P  a pid                   A  an address
///   M  members {pid: address}  R  {address: pid}      L  [(pid, address), ...]
///   E  an empty dict           N  None                ?  anything else
/// So "w" is a bare name, "(wM)" a pair with members, "(wPM)" a triple that says who sends it, "(w(PA))" a pair in
/// a pair.
struct Form {
    std::string word;  ///< as it came, e.g. "GOT_IT"
    std::string layout;

    friend bool operator==(const Form&, const Form&) = default;
};

struct Message {
    MessageKind kind = MessageKind::ok;
    /// Whom it names: the sender of ELECTION, OK and PROBE, the joiner of JOIN, the leader of COORDINATOR.
    std::optional<ProcessId> pid;
    std::optional<Endpoint> address;  ///< of `pid`
    Membership members;
    Form form;
};

/// The message that `value` is, or why it is none.
[[nodiscard]] tl::expected<Message, std::string> read_message(const pickle::Value& value);

/// The daemon's answer to a JOIN: its members. The error is the daemon's own text where it sent one.
[[nodiscard]] tl::expected<Membership, std::string> read_join_answer(const pickle::Value& value);

/// (days, student_id), a tuple or a list of two ints.
[[nodiscard]] std::optional<ProcessId> read_pid(const pickle::Value& value);
/// (host, port).
[[nodiscard]] std::optional<Endpoint> read_endpoint(const pickle::Value& value);
/// {pid: address}, {address: pid}, or a list of pairs; a dict's entries that are neither are left out. Nothing if it is
/// none.
[[nodiscard]] std::optional<Membership> read_members(const pickle::Value& value);

/// Printable ASCII on one line, anything else escaped, not longer than `limit`: what came from outside, for logs.
[[nodiscard]] std::string printable(std::string_view text, std::size_t limit = 120);

}  // namespace bully::lab
