#include "net/gcd/registry.hpp"

#include "net/lab/message.hpp"
#include "net/pickle/pickle.hpp"
#include "net/pickle/text.hpp"
#include "net/tcp/addresses.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace bully {
namespace {

using pickle::Kind;
using pickle::Value;

constexpr std::size_t most_members = 1000;  // what one message can list
constexpr std::size_t most_shown = 8192;    // a byte of the 1,024 that gcd2.py reads shows as at most seven: "False, "
constexpr int answer_protocol = 4;          // gcd2.py's, from Python 3.8 on
constexpr std::array<std::string_view, 3> join_words{"JOIN", "BEGIN", "HOWDY"};
constexpr std::string_view malformed_pid = "Malformed process id, expected (days_to_next_birthday, student_id)";
constexpr std::string_view malformed_data = "Malformed message data, expected ((days_to_bd, su_id), (host, port))";

// The halves of what Python unpacks into two: a tuple or list, also a set, and the keys of a dict.
std::optional<std::pair<Value, Value>> halves(const Value& value) {
    const std::size_t step = value.kind() == Kind::dict ? 2 : 1;
    const bool is_container = value.kind() >= Kind::tuple && value.kind() <= Kind::dict;
    if (!is_container || value.size() != 2 * step) return std::nullopt;
    return std::pair{value[0], value[step]};
}

// The first half of a str of two characters, which Python unpacks as well.
std::optional<std::string_view> first_of_text(const Value& value) {
    const auto text = value.as_text();
    if (!text || text->empty()) return std::nullopt;
    std::size_t at = 0;
    (void)pickle::next_point(*text, at);
    const auto first = text->substr(0, at);
    if (at == text->size() || !pickle::next_point(*text, at) || at != text->size()) return std::nullopt;
    return first;
}

// And of two bytes, which are ints then.
std::optional<int> first_of_bytes(const Value& value) {
    const auto bytes = value.as_bytes();
    if (!bytes || bytes->size() != 2) return std::nullopt;
    return static_cast<unsigned char>(bytes->front());
}

// As str() in Python.
std::string as_str(const Value& value) {
    if (const auto text = value.as_text()) return std::string(*text);
    return value.repr(most_shown);
}

std::string_view type_name(const Value& value) {
    switch (value.kind()) {
        case Kind::none: return "None";
        case Kind::boolean: return "bool";
        case Kind::integer:
        case Kind::big_integer: return "int";
        case Kind::real: return "float";
        case Kind::tuple: return "tuple";
        case Kind::list: return "list";
        case Kind::set: return "set";
        case Kind::frozenset: return "frozenset";
        case Kind::dict: return "dict";
        case Kind::bytes:
        case Kind::text:
        case Kind::global:
        case Kind::object: break;
    }
    return "object";
}

}  // namespace

tl::expected<JoinRequest, std::string> read_join_request(const Value& message, std::string_view only) {
    const auto fail = [](std::string_view text) { return tl::unexpected(std::string(text)); };
    const auto unexpected = [&](const std::string& word) { return fail("Unexpected message: " + word); };
    if (const auto first = first_of_text(message)) return unexpected(std::string(*first));
    if (const auto first = first_of_bytes(message)) return unexpected(std::to_string(*first));
    const auto parts = halves(message);
    if (!parts) return fail("Malformed message");
    const auto word = parts->first.as_text();
    const bool is_known = word && std::ranges::find(join_words, *word) != join_words.end();
    if (!is_known || (!only.empty() && *word != only)) return unexpected(as_str(parts->first));
    const auto data = halves(parts->second);
    if (!data) return fail(malformed_data);
    const auto& [process, listener] = *data;
    const auto address = halves(listener);
    const auto one_letter_host = first_of_text(listener);
    const auto host_of_bytes = first_of_bytes(listener);
    if (!address && !one_letter_host && !host_of_bytes) return fail(malformed_data);
    if (!halves(process) && !first_of_text(process) && !first_of_bytes(process)) return fail(malformed_data);
    const auto pid = lab::read_pid(process);
    // A list or set can't be a key: gcd2.py's handler dies of it. A frozenset can, there, but is no pid to any peer.
    if (!pid || process.kind() != Kind::tuple || pid->days < 1 || pid->days > 365 || pid->student_id < 1'000'000 ||
        pid->student_id > 9'999'999) {
        return fail(malformed_pid);
    }
    const auto wrong_host = [&](std::string_view text) {
        return fail("gethostbyname() argument 1 must be " + std::string(text));
    };
    const auto no_host = [&](std::string_view type) {
        return wrong_host("str, bytes or bytearray, not " + std::string(type));
    };
    if (host_of_bytes) return no_host("int");
    auto name = one_letter_host;
    if (!name) name = address->first.as_text();
    if (!name) name = address->first.as_bytes();
    if (!name) return no_host(type_name(address->first));
    if (name->find('\0') != std::string_view::npos) return wrong_host("encoded string without null bytes, not str");
    JoinRequest request{*pid, std::string(*name), std::nullopt};
    const auto port = address ? address->second.as_integer() : std::nullopt;
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
        if (!forget_after_ || now - entry.joined <= *forget_after_) return false;
        entered.forgotten.push_back({other, now - entry.joined});
        return true;
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

bool GcdRegistry::is_mixed() const {
    const auto is_local = [](const Entry& entry) { return net::is_loopback(entry.member.endpoint.host); };
    const auto local = std::ranges::count_if(entries_, is_local);
    return local > 0 && std::cmp_less(local, entries_.size());
}

std::string pickled(std::string_view text) { return pickle::Encoder(answer_protocol).text(text).finish(); }

}  // namespace bully
