#include "net/lab/shape.hpp"

#include "net/pickle/pickle.hpp"

#include <cassert>
#include <vector>

namespace bully::lab {
namespace {

// JOIN, ELECTION, OK, COORDINATOR and PROBE, as a daemon's dialect has them.
// The BEGIN course has two families. One takes the sender from the message, and drops an ELECTION without it; the other
// reads pairs, and drops all else.
const std::array<Shape, dialect_count> dialects{{
    {{{{"JOIN", "(w(PA))"}, {"ELECTION", "(wM)"}, {"OK", "(wM)"}, {"COORDINATOR", "(wM)"}, {"PROBE", "(wE)"}}}},
    {{{{"BEGIN", "(w(PA))"}, {"ELECTION", "(wM)"}, {"OK", "w"}, {"COORDINATOR", "(wP)"}, {"PROBE", "(wN)"}}},
     Shape::Reply::same_connection,
     false},
    {{{{"HOWDY", "(w(PA))"}, {"ELECT", "(wM)"}, {"GOT_IT", "w"}, {"I_AM_LEADER", "(wP)"}, {"PROBE", "(wN)"}}}},
}};

constexpr std::string_view election_of_triples = "(wPM)";
constexpr std::string_view coordinator_of_triples = "(wPA)";

// How members stand in a COORDINATOR of each kind, for --coordinator-data.
constexpr std::string_view with_members = "(wM)";
constexpr std::string_view with_pid = "(wP)";

bool has(std::string_view layout, std::string_view letters) {
    return layout.find_first_of(letters) != std::string_view::npos;
}

bool can_be_written(MessageKind kind, std::string_view layout) {
    if (has(layout, "?")) return false;
    return kind != MessageKind::coordinator || has(layout, "PMRL");
}

void put(pickle::Encoder& encoder, ProcessId pid) {
    encoder.begin_tuple().integer(pid.days).integer(pid.student_id).end_tuple();
}

void put(pickle::Encoder& encoder, const Endpoint& endpoint) {
    encoder.begin_tuple().text(endpoint.host).integer(endpoint.port).end_tuple();
}

// The members as a dict (M), as one the other way round (R), or as a list of pairs (L).
void put(pickle::Encoder& encoder, std::span<const Member> members, char letter) {
    if (letter == 'L') {
        encoder.begin_list();
    } else {
        encoder.begin_dict();
    }
    for (const auto& member : members) {
        if (letter == 'L') encoder.begin_tuple();
        if (letter == 'R') put(encoder, member.endpoint);
        put(encoder, member.pid);
        if (letter != 'R') put(encoder, member.endpoint);
        if (letter == 'L') encoder.end_tuple();
    }
    if (letter == 'L') {
        encoder.end_list();
    } else {
        encoder.end_dict();
    }
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
    if (message.kind == MessageKind::join) return;
    const auto& layout = message.form.layout;
    auto& form = shape.form(message.kind);
    form.word = message.form.word;
    if (can_be_written(message.kind, layout)) form.layout = layout;
    // The family of triples answers on new connections, from which nothing is learned.
    if (message.kind == MessageKind::ok) shape.is_known = true;
    if (message.kind != MessageKind::election) return;

    // Who says apart that it sends, or where it is, expects the answer there: and its listener reads pairs.
    const bool apart = layout.starts_with("(wP") || layout.starts_with("[wP") || message.address.has_value();
    const auto reply = apart ? Shape::Reply::new_connection : Shape::Reply::same_connection;
    auto& ok = shape.form(MessageKind::ok).layout;
    auto& coordinator = shape.form(MessageKind::coordinator).layout;
    if (apart && shape.reply != reply && !has(ok, "([")) ok = "(wN)";
    if (apart && !shape.is_known && coordinator == with_pid) coordinator = coordinator_of_triples;
    if (!apart && shape.reply != reply && coordinator == coordinator_of_triples) coordinator = with_pid;
    shape.reply = reply;
    shape.is_known = true;
}

std::vector<Shape> forms(const Shape& shape) {
    if (shape.is_known) return {shape};
    auto triples = shape;
    triples.form(MessageKind::election).layout = election_of_triples;
    triples.form(MessageKind::coordinator).layout = coordinator_of_triples;
    return {shape, triples};
}

void set_coordinator_data(Shape& shape, Shape::Coordinator what) {
    shape.form(MessageKind::coordinator).layout = what == Shape::Coordinator::pid ? with_pid : with_members;
}

std::string Writer::write(const Form& form, std::span<const Member> members) const {
    pickle::Encoder encoder(protocol_);
    for (const char letter : form.layout) {
        switch (letter) {
            case '(': encoder.begin_tuple(); break;
            case ')': encoder.end_tuple(); break;
            case '[': encoder.begin_list(); break;
            case ']': encoder.end_list(); break;
            case 'b':
                if (protocol_ >= 3) {
                    encoder.bytes(form.word);
                    break;
                }
                [[fallthrough]];
            case 'w': encoder.text(form.word); break;
            case 'P': put(encoder, self_.pid); break;
            case 'A': put(encoder, self_.endpoint); break;
            case 'M':
            case 'R':
            case 'L': put(encoder, members, letter); break;
            case 'E': encoder.begin_dict().end_dict(); break;
            case 'N': encoder.none(); break;
            default: assert(false && "a layout that can't be written");
        }
    }
    return encoder.finish();
}

std::string Writer::join(Dialect dialect) const { return write(shape_of(dialect).form(MessageKind::join), {}); }

std::string Writer::election(const Shape& shape, const Membership& members) const {
    return write(shape.form(MessageKind::election), members.members());
}

std::string Writer::ok(const Shape& shape, const Membership& members) const {
    return write(shape.form(MessageKind::ok), members.members());
}

std::string Writer::coordinator(const Shape& shape, const Membership& members) const {
    std::vector<Member> up_to_self{self_};
    for (const auto& member : members.members()) {
        if (member.pid < self_.pid) up_to_self.push_back(member);
    }
    return write(shape.form(MessageKind::coordinator), up_to_self);
}

std::string Writer::probe(const Shape& shape) const { return write(shape.form(MessageKind::probe), {&self_, 1}); }

}  // namespace bully::lab
