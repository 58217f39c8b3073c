#include "net/gcd_registry.hpp"

#include "net/lab_message.hpp"
#include "net/pickle.hpp"
#include "net/pickle_text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace bully {
namespace {

using pickle::Kind;
using pickle::Value;

constexpr std::size_t most_members = 1000;  // what one message can list
constexpr int answer_protocol = 4;          // gcd2.py's, from Python 3.8 on
constexpr std::array<std::string_view, 3> join_words{"JOIN", "BEGIN", "HOWDY"};
constexpr std::string_view malformed_pid = "Malformed process id, expected (days_to_next_birthday, student_id)";
constexpr std::string_view malformed_data = "Malformed message data, expected ((days_to_bd, su_id), (host, port))";

bool is_pair(const Value& value) {
    return (value.kind() == Kind::tuple || value.kind() == Kind::list) && value.size() == 2;
}

// As str() in Python.
std::string as_str(const Value& value) {
    if (const auto text = value.as_text()) return std::string(*text);
    return value.repr(100);
}

std::string_view type_name(const Value& value) {
    switch (value.kind()) {
        case Kind::none: return "None";
        case Kind::boolean: return "bool";
        case Kind::integer: return "int";
        case Kind::real: return "float";
        case Kind::tuple: return "tuple";
        case Kind::list: return "list";
        case Kind::dict: return "dict";
        default: return "object";
    }
}

}  // namespace

tl::expected<JoinRequest, std::string> read_join_request(const Value& message, std::string_view only) {
    const auto fail = [](std::string_view text) { return tl::unexpected(std::string(text)); };
    if (!is_pair(message)) return fail("Malformed message");
    const auto word = message[0].as_text();
    const bool is_known = word && std::ranges::find(join_words, *word) != join_words.end();
    if (!is_known || (!only.empty() && *word != only)) {
        return fail("Unexpected message: " + as_str(message[0]));
    }
    const auto data = message[1];
    if (!is_pair(data) || !is_pair(data[0]) || !is_pair(data[1])) return fail(malformed_data);
    const auto pid = lab::read_pid(data[0]);
    // A list can't be a key: gcd2.py's handler dies of it.
    if (!pid || data[0].kind() != Kind::tuple || pid->days < 1 || pid->days > 365 || pid->student_id < 1'000'000 ||
        pid->student_id > 9'999'999) {
        return fail(malformed_pid);
    }
    const auto host = data[1][0];
    auto name = host.as_text();
    if (!name) name = host.as_bytes();
    if (!name) {
        return fail("gethostbyname() argument 1 must be str, bytes or bytearray, not " + std::string(type_name(host)));
    }
    if (name->find('\0') != std::string_view::npos) {
        return fail("gethostbyname() argument 1 must be encoded string without null bytes, not str");
    }
    JoinRequest request{*pid, std::string(*name), std::nullopt};
    const auto port = data[1][1].as_integer();
    if (port && *port > 0 && *port <= UINT16_MAX) request.port = static_cast<std::uint16_t>(*port);
    return request;
}

std::string not_a_pickle(std::string_view bytes) {
    constexpr std::size_t read_at_once = 1024;
    return "Expected a pickled message, got " + pickle::repr_of_bytes(bytes.substr(0, read_at_once)).substr(0, 100) +
           "\n";
}

std::string_view to_string(Replaced::Why why) {
    switch (why) {
        case Replaced::Why::same_student: return "same student id";
        case Replaced::Why::same_address: return "same address";
        case Replaced::Why::full: return "the group is full";
    }
    return "";
}

Entered GcdRegistry::join(const Member& member, Duration now) {
    Entered entered;
    const auto replace = [&](const Member& other, Replaced::Why why) {
        entered.replaced.push_back({why, other.pid});
        return true;
    };
    std::erase_if(entries_, [&](const Entry& entry) {
        const auto& other = entry.member;
        if (other.pid == member.pid) return false;
        if (other.pid.student_id == member.pid.student_id) return replace(other, Replaced::Why::same_student);
        if (other.endpoint == member.endpoint) return replace(other, Replaced::Why::same_address);
        return forget_after_ && now - entry.joined > *forget_after_;
    });
    const auto same =
        std::ranges::find_if(entries_, [&](const Entry& entry) { return entry.member.pid == member.pid; });
    if (same != entries_.end()) {
        const auto before = std::exchange(*same, {member, now}).member.endpoint;
        if (before != member.endpoint) entered.before = before;
        return entered;
    }
    if (entries_.size() >= most_members) {
        replace(entries_.front().member, Replaced::Why::full);
        entries_.erase(entries_.begin());
    }
    entries_.push_back({member, now});
    return entered;
}

std::string GcdRegistry::answer() const {
    pickle::Encoder encoder(answer_protocol);
    encoder.begin_dict();
    for (const auto& [member, joined] : entries_) {
        encoder.begin_tuple().integer(member.pid.days).integer(member.pid.student_id).end_tuple();
        encoder.begin_tuple().text(member.endpoint.host).integer(member.endpoint.port).end_tuple();
    }
    return encoder.end_dict().finish();
}

std::string pickled(std::string_view text) { return pickle::Encoder(answer_protocol).text(text).finish(); }

}  // namespace bully
