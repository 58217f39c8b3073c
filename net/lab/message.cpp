#include "net/lab/message.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace bully::lab {
namespace {

using pickle::Kind;
using pickle::Value;

constexpr std::size_t max_host = 255;   // RFC 1035
constexpr std::size_t max_word = 32;    // of a name; the longest known has 14
constexpr std::size_t max_layout = 32;  // (w(P(AM))) has 10
constexpr int max_nesting = 4;          // of pairs in pairs: (P, (A, M))
constexpr std::size_t max_items = 8;    // of a tuple that isn't a list of members

struct Spelling {
    std::string_view letters;  // upper case, nothing but letters
    MessageKind kind;
};

// Every name that nodes were seen to use, and the ones that suggest themselves.
constexpr std::array spellings{
    Spelling{"JOIN", MessageKind::join},
    Spelling{"BEGIN", MessageKind::join},
    Spelling{"HOWDY", MessageKind::join},
    Spelling{"ELECTION", MessageKind::election},
    Spelling{"ELECT", MessageKind::election},
    Spelling{"OK", MessageKind::ok},
    Spelling{"OKAY", MessageKind::ok},
    Spelling{"GOTIT", MessageKind::ok},
    Spelling{"ANSWER", MessageKind::ok},
    Spelling{"ALIVE", MessageKind::ok},
    Spelling{"ACK", MessageKind::ok},
    Spelling{"PONG", MessageKind::ok},
    Spelling{"COORDINATOR", MessageKind::coordinator},
    Spelling{"COORDINATION", MessageKind::coordinator},
    Spelling{"COORD", MessageKind::coordinator},
    Spelling{"IAMLEADER", MessageKind::coordinator},
    Spelling{"IAMTHELEADER", MessageKind::coordinator},
    Spelling{"IAMCOORDINATOR", MessageKind::coordinator},
    Spelling{"LEADER", MessageKind::coordinator},
    Spelling{"NEWLEADER", MessageKind::coordinator},
    Spelling{"VICTORY", MessageKind::coordinator},
    Spelling{"PROBE", MessageKind::probe},
    Spelling{"PING", MessageKind::probe},
};

std::optional<MessageKind> kind_named(std::string_view word) {
    if (word.size() > max_word) return std::nullopt;
    std::string letters;
    for (const char c : word) {
        if (c >= 'a' && c <= 'z') {
            letters += static_cast<char>(c - 'a' + 'A');
        } else if (c >= 'A' && c <= 'Z') {
            letters += c;
        } else if (c != '_' && c != '-' && c != ' ') {
            return std::nullopt;
        }
    }
    const auto* const found = std::ranges::find(spellings, letters, &Spelling::letters);
    if (found == spellings.end()) return std::nullopt;
    return found->kind;
}

// A name may be a str, bytes, or an Enum member: an opaque object whose first text argument is the name. So are bytes
// in protocols 0 to 2: _codecs.encode('OK', 'latin1').
std::optional<std::string_view> read_word(const Value& value) {
    if (const auto text = value.as_text()) return text;
    if (const auto bytes = value.as_bytes()) return bytes;
    if (value.kind() != Kind::object) return std::nullopt;
    for (const auto argument : value[1]) {
        if (const auto text = argument.as_text()) return text;
    }
    return std::nullopt;
}

bool is_sequence(const Value& value) { return value.kind() == Kind::tuple || value.kind() == Kind::list; }

struct Listed {
    std::vector<Member> members;
    char letter = 'M';  // of a layout
};

// An entry of a list of members, either way round. `letter` is what a dict of such entries is.
bool add_entry(Listed& listed, const Value& first, const Value& second) {
    auto pid = read_pid(first);
    auto endpoint = read_endpoint(second);
    if (!pid || !endpoint) {
        pid = read_pid(second);
        endpoint = read_endpoint(first);
        if (!pid || !endpoint) return false;
        listed.letter = 'R';
    }
    listed.members.push_back({*pid, std::move(*endpoint)});
    return true;
}

std::optional<Listed> read_listed(const Value& value) {
    Listed listed;
    if (value.kind() == Kind::dict) {
        for (auto at = value.begin(); at != value.end(); ++at) {
            const auto key = *at;
            add_entry(listed, key, *++at);
        }
        if (value.size() == 0) listed.letter = 'E';
        if (listed.members.empty() && value.size() > 0) return std::nullopt;
        return listed;
    }
    if (value.kind() != Kind::list || value.size() == 0) return std::nullopt;
    for (const auto item : value) {
        if (!is_sequence(item) || item.size() != 2 || !add_entry(listed, item[0], item[1])) return std::nullopt;
    }
    listed.letter = 'L';
    return listed;
}

// Takes the first of each part that is there, however they are nested.
class PartReader {
  public:
    explicit PartReader(Message& message) : message_(message) {}

    void read(const Value& value, int nesting) {
        if (const auto pid = read_pid(value)) {
            put(message_.pid.has_value() ? '?' : 'P');
            if (!message_.pid) message_.pid = pid;
        } else if (auto endpoint = read_endpoint(value)) {
            put(message_.address.has_value() ? '?' : 'A');
            if (!message_.address) message_.address = std::move(endpoint);
        } else if (auto listed = read_listed(value)) {
            put(has_members_ ? '?' : listed->letter);
            if (!has_members_) message_.members = Membership(std::move(listed->members));
            has_members_ = true;
        } else if (is_sequence(value) && nesting < max_nesting && value.size() <= max_items) {
            const bool is_tuple = value.kind() == Kind::tuple;
            put(is_tuple ? '(' : '[');
            for (const auto item : value) read(item, nesting + 1);
            put(is_tuple ? ')' : ']');
        } else {
            put(value.is_none() ? 'N' : '?');
        }
    }

    void put(char letter) {
        auto& layout = message_.form.layout;
        if (layout.size() < max_layout) layout += layout.size() + 1 < max_layout ? letter : '?';
    }

  private:
    Message& message_;
    bool has_members_ = false;
};

}  // namespace

std::string_view to_string(MessageKind kind) {
    switch (kind) {
        case MessageKind::join: return "JOIN";
        case MessageKind::election: return "ELECTION";
        case MessageKind::ok: return "OK";
        case MessageKind::coordinator: return "COORDINATOR";
        case MessageKind::probe: return "PROBE";
    }
    return "";
}

std::optional<ProcessId> read_pid(const Value& value) {
    if (!is_sequence(value) || value.size() != 2) return std::nullopt;
    const auto days = value[0].as_integer();
    const auto student_id = value[1].as_integer();
    const auto fits = [](std::optional<std::int64_t> number) {
        return number && *number >= INT32_MIN && *number <= INT32_MAX;
    };
    if (!fits(days) || !fits(student_id)) return std::nullopt;
    return ProcessId{static_cast<std::int32_t>(*days), static_cast<std::int32_t>(*student_id)};
}

std::optional<Endpoint> read_endpoint(const Value& value) {
    if (!is_sequence(value) || value.size() != 2) return std::nullopt;
    const auto host = read_word(value[0]);
    const auto port = value[1].as_integer();
    if (!host || host->size() > max_host || !port || *port < 1 || *port > UINT16_MAX) return std::nullopt;
    const auto is_plain = [](char c) { return c > ' ' && c < '\x7f'; };
    if (!std::ranges::all_of(*host, is_plain)) return std::nullopt;
    return Endpoint{std::string(*host), static_cast<std::uint16_t>(*port)};
}

std::optional<Membership> read_members(const Value& value) {
    auto listed = read_listed(value);
    if (!listed) return std::nullopt;
    return Membership(std::move(listed->members));
}

tl::expected<Message, std::string> read_message(const Value& value) {
    const bool bare = !is_sequence(value);
    if (!bare && value.size() == 0) return tl::unexpected("an empty " + value.repr() + ", expected (name, data)");
    const auto name = bare ? value : value[0];
    const auto word = read_word(name);
    const auto kind = word ? kind_named(*word) : std::nullopt;
    if (!kind) return tl::unexpected(value.repr(80) + ", expected (name, data) with a name of the lab");

    Message message;
    message.kind = *kind;
    message.form.word = *word;
    PartReader reader(message);
    const char name_letter = name.kind() == Kind::bytes ? 'b' : 'w';
    if (bare) {
        reader.put(name_letter);
    } else {
        const bool is_tuple = value.kind() == Kind::tuple;
        reader.put(is_tuple ? '(' : '[');
        reader.put(name_letter);
        auto item = value.begin();
        for (++item; item != value.end(); ++item) reader.read(*item, 0);
        reader.put(is_tuple ? ')' : ']');
    }
    const auto missing = [&](std::string_view what) {
        return tl::unexpected(std::string(to_string(*kind)) + " without " + std::string(what) + ": " + value.repr(80));
    };
    if (*kind == MessageKind::join && (!message.pid || !message.address)) return missing("a pid and an address");
    if (*kind == MessageKind::coordinator && !message.pid && message.members.empty()) return missing("a leader");
    return message;
}

tl::expected<Membership, std::string> read_join_answer(const Value& value) {
    if (const auto text = value.as_text(); text && !text->empty()) return tl::unexpected(printable(*text));
    // Some daemons might wrap it as a message.
    if (value.kind() == Kind::tuple && value.size() == 2) {
        if (auto members = read_members(value[1]); members && !members->empty()) return *members;
    }
    if (auto members = read_members(value); members && !members->empty()) return *members;
    return tl::unexpected("an answer that lists no members: " + value.repr(80));
}

std::string printable(std::string_view text, std::size_t limit) {
    constexpr auto digits = "0123456789abcdef";
    std::string out;
    for (const char c : text) {
        if (out.size() >= limit) return out + "...";
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte >= 0x7f) {
            out += "\\x";
            out += digits[byte >> 4U];
            out += digits[byte & 0xfU];
        } else {
            out += c;
        }
    }
    return out;
}

}  // namespace bully::lab
