#include "net/lab_shape.hpp"

#include "net/pickle.hpp"

namespace bully::lab {
namespace {

// The BEGIN course's nodes take the sender from the message and can't answer an ELECTION without it.
const std::array<Shape, dialect_count> dialects{{
    {"JOIN", "ELECTION", "OK", "COORDINATOR", "PROBE", Shape::Ok::with_members, Shape::Coordinator::members, false,
     Shape::Reply::same_connection},
    {"BEGIN", "ELECTION", "OK", "COORDINATOR", "PROBE", Shape::Ok::bare, Shape::Coordinator::pid, true,
     Shape::Reply::same_connection},
    {"HOWDY", "ELECT", "GOT_IT", "I_AM_LEADER", "PROBE", Shape::Ok::bare, Shape::Coordinator::pid, false,
     Shape::Reply::same_connection},
}};

void put(pickle::Encoder& encoder, ProcessId pid) {
    encoder.begin_tuple().integer(pid.days).integer(pid.student_id).end_tuple();
}

void put(pickle::Encoder& encoder, const Endpoint& endpoint) {
    encoder.begin_tuple().text(endpoint.host).integer(endpoint.port).end_tuple();
}

void put(pickle::Encoder& encoder, const Member& member) {
    put(encoder, member.pid);
    put(encoder, member.endpoint);
}

void put(pickle::Encoder& encoder, const Membership& members) {
    encoder.begin_dict();
    for (const auto& member : members.members()) put(encoder, member);
    encoder.end_dict();
}

}  // namespace

std::string_view to_string(Dialect dialect) {
    switch (dialect) {
        case Dialect::join: return "join";
        case Dialect::begin: return "begin";
        case Dialect::howdy: return "howdy";
    }
    return "";
}

const Shape& shape_of(Dialect dialect) { return dialects[static_cast<std::size_t>(dialect)]; }

void learn(Shape& shape, const Message& message) {
    const auto& form = message.form;
    switch (message.kind) {
        case MessageKind::election:
            shape.election_word = form.word;
            shape.sender_in_election = form.sender_apart;
            // Who says where it is expects the answer there.
            shape.reply = form.sender_apart ? Shape::Reply::new_connection : Shape::Reply::same_connection;
            break;
        case MessageKind::ok:
            shape.ok_word = form.word;
            shape.ok = form.bare ? Shape::Ok::bare : form.has_members ? Shape::Ok::with_members : Shape::Ok::with_none;
            break;
        case MessageKind::coordinator:
            shape.coordinator_word = form.word;
            shape.coordinator = !form.has_pid      ? Shape::Coordinator::members
                                : form.has_address ? Shape::Coordinator::pid_and_address
                                                   : Shape::Coordinator::pid;
            break;
        case MessageKind::probe: shape.probe_word = form.word; break;
        case MessageKind::join: break;
    }
}

std::string Writer::join(Dialect dialect) const {
    pickle::Encoder encoder(protocol_);
    encoder.begin_tuple().text(shape_of(dialect).join_word).begin_tuple();
    put(encoder, self_);
    return encoder.end_tuple().end_tuple().finish();
}

std::string Writer::election(const Shape& shape, const Membership& members) const {
    pickle::Encoder encoder(protocol_);
    encoder.begin_tuple().text(shape.election_word);
    if (shape.sender_in_election) put(encoder, self_.pid);
    put(encoder, members);
    return encoder.end_tuple().finish();
}

std::string Writer::ok(const Shape& shape, const Membership& members) const {
    pickle::Encoder encoder(protocol_);
    if (shape.ok == Shape::Ok::bare) return encoder.text(shape.ok_word).finish();
    encoder.begin_tuple().text(shape.ok_word);
    if (shape.ok == Shape::Ok::with_members) {
        put(encoder, members);
    } else {
        encoder.none();
    }
    return encoder.end_tuple().finish();
}

std::string Writer::coordinator(const Shape& shape, const Membership& members) const {
    pickle::Encoder encoder(protocol_);
    encoder.begin_tuple().text(shape.coordinator_word);
    if (shape.coordinator == Shape::Coordinator::members) {
        encoder.begin_dict();
        put(encoder, self_);
        for (const auto& member : members.members()) {
            if (member.pid < self_.pid) put(encoder, member);
        }
        encoder.end_dict();
    } else {
        put(encoder, self_.pid);
        if (shape.coordinator == Shape::Coordinator::pid_and_address) put(encoder, self_.endpoint);
    }
    return encoder.end_tuple().finish();
}

std::string Writer::probe(const Shape& shape) const {
    pickle::Encoder encoder(protocol_);
    encoder.begin_tuple().text(shape.probe_word);
    // The JOIN course's PROBE has an empty dictionary, the others' None.
    if (shape.coordinator == Shape::Coordinator::members) {
        encoder.begin_dict().end_dict();
    } else {
        encoder.none();
    }
    return encoder.end_tuple().finish();
}

}  // namespace bully::lab
