// How to write to a peer. Until it has sent a message, a peer is written to in the dialect of its daemon; afterwards in
// its own form, which it can surely read. A Shape is plain data, one per peer: learning changes it, writing reads it.
// Source: net/README.md#dialects.
#pragma once

#include "core/membership.hpp"
#include "net/lab/message.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bully::lab {

/// The vocabulary of a course, named after its word for JOIN. The daemon's answers tell which one it is.
enum class Dialect : std::uint8_t { join, begin, howdy };
inline constexpr std::size_t dialect_count = 3;

[[nodiscard]] std::string_view to_string(Dialect dialect);

/// How one peer writes and reads: the form of each kind of message, and where it wants its answers.
struct Shape {
    enum class Reply : std::uint8_t { same_connection, new_connection };
    /// The data of COORDINATOR, as --coordinator-data sets it.
    enum class Coordinator : std::uint8_t { members, pid };

    std::array<Form, message_kind_count> forms;  ///< Form of each kind of message.
    Reply reply = Reply::same_connection;        ///< Where it wants the OK to its ELECTION.
    bool is_known = true;                        ///< False: its dialect has two families, and it may be of either.

    [[nodiscard]] const Form& form(MessageKind kind) const { return forms[static_cast<std::size_t>(kind)]; }
    [[nodiscard]] Form& form(MessageKind kind) { return forms[static_cast<std::size_t>(kind)]; }

    friend bool operator==(const Shape&, const Shape&) = default;
};

/// The shape of a peer of this dialect that hasn't sent a message yet.
[[nodiscard]] const Shape& shape_of(Dialect dialect);

/// The shapes in which to write ELECTION and COORDINATOR to a peer: its own, or one for each family if its family isn't
/// known. Each goes out on a connection of its own; the peer drops the one that it can't read.
[[nodiscard]] std::vector<Shape> forms(const Shape& shape);

/// Takes over the form of `message` into the shape of its sender. A form that can't be written changes nothing.
void learn(Shape& shape, const Message& message);

/// Sets the data of COORDINATOR, whatever the peer has shown.
void set_coordinator_data(Shape& shape, Shape::Coordinator what);

/// Writes messages, each as one pickle, to be sent in one piece. A message with up to 60 members has at most 1024
/// bytes, as much as peers read at once.
class Writer {
  public:
    /// Requires: pickle::Encoder can write `protocol`.
    Writer(Member self, int protocol) : self_(std::move(self)), protocol_(protocol) {}

    void set_endpoint(Endpoint endpoint) { self_.endpoint = std::move(endpoint); }
    [[nodiscard]] const Member& self() const { return self_; }

    /// (JOIN, (P, A))
    [[nodiscard]] std::string join(Dialect dialect) const;
    [[nodiscard]] std::string election(const Shape& shape, const Membership& members) const;
    [[nodiscard]] std::string ok(const Shape& shape, const Membership& members) const;
    /// The victory of `self()`. A list holds the members up to `self()`, which comes first: a reader that takes the
    /// first or the greatest is right.
    [[nodiscard]] std::string coordinator(const Shape& shape, const Membership& members) const;
    [[nodiscard]] std::string probe(const Shape& shape) const;

  private:
    [[nodiscard]] std::string write(const Form& form, std::span<const Member> members) const;

    Member self_;
    int protocol_;
};

}  // namespace bully::lab
