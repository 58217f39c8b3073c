#include "net/node/address_book.hpp"

#include <algorithm>
#include <cctype>
#include <set>

namespace bully::net {

std::string spelled_alike(const Endpoint& endpoint) {
    auto host = endpoint.host;
    std::ranges::transform(host, host.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (host.ends_with('.')) host.pop_back();
    if (host == "localhost") host = "127.0.0.1";
    return host + ":" + std::to_string(endpoint.port);
}

std::vector<AddressBook::Replaced> AddressBook::note_daemon(const Membership& listed, const Membership& known) {
    std::map<std::string, std::optional<ProcessId>>
        holders;  // nothing where it lists two: which of them, it doesn't say
    for (const auto& member : listed.members()) {
        const auto [at, is_first] = holders.try_emplace(spelled_alike(member.endpoint), member.pid);
        if (!is_first) at->second.reset();
        replaced_.erase(member.pid);
    }
    std::vector<Replaced> news;
    for (const auto& member : known.members()) {
        if (listed.contains(member.pid)) continue;
        auto address = spelled_alike(member.endpoint);
        const auto holder = holders.find(address);
        if (holder == holders.end() || !holder->second) continue;
        const auto by = *holder->second;
        const auto [at, is_new] = replaced_.try_emplace(member.pid, Entry{address, by});
        if (!is_new && at->second.address == address && at->second.by == by) continue;
        at->second = {std::move(address), by};
        news.push_back({member, by});
    }
    return news;
}

std::optional<ProcessId> AddressBook::instead_of(const Member& member) const {
    const auto found = replaced_.find(member.pid);
    if (found == replaced_.end() || found->second.address != spelled_alike(member.endpoint)) return std::nullopt;
    return found->second.by;
}

bool contests_address(const Membership& listed, const Membership& known, ProcessId own) {
    std::vector<std::string> strangers;
    for (const auto& member : listed.members()) {
        if (!known.contains(member.pid)) strangers.push_back(spelled_alike(member.endpoint));
    }
    if (strangers.empty()) return false;
    std::set<std::string> addresses;
    for (const auto& member : known.members()) {
        if (member.pid != own) addresses.insert(spelled_alike(member.endpoint));
    }
    return std::ranges::any_of(strangers,
                               [&](const std::string& address) { return !addresses.insert(address).second; });
}

}  // namespace bully::net
