// The messages of lab_vectors.txt: what nodes of the lab send, as the real pickle writes it.
#pragma once

#include "net/lab/message.hpp"
#include "net/pickle/pickle.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>

namespace bully::lab {

constexpr int pickle_protocols = 6;

// Who appears in them; the peer is who sends.
inline const Member lowest{{100, 1000000}, {"127.0.0.1", 50100}};
inline const Member peer{{200, 2000000}, {"127.0.0.1", 50200}};
inline const Member ours{{300, 3000000}, {"127.0.0.1", 50300}};
inline const Membership everybody({lowest, peer, ours});

inline std::map<std::pair<std::string, int>, std::string> read_lab_vectors() {
    std::map<std::pair<std::string, int>, std::string> all;
    std::ifstream file(BULLY_LAB_VECTORS);
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::pair<std::string, int> key;
        std::string hex;
        words >> key.first >> key.second >> hex;
        auto& bytes = all[key];
        for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
            bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
        }
    }
    return all;
}

/// The pickle of that name. Fails where there is none.
inline const std::string& lab_vector(const std::string& name, int protocol) {
    static const auto all = read_lab_vectors();
    return all.at({name, protocol});
}

/// The message of that name, or why it is none.
inline tl::expected<Message, std::string> lab_message(const std::string& name, int protocol = 4) {
    const auto document = pickle::decode(lab_vector(name, protocol));
    EXPECT_TRUE(document.has_value()) << name << ": " << document.error().what;
    if (!document) return tl::unexpected(document.error().what);
    return read_message(document->root());
}

/// A pickle as Python would show it.
inline std::string shown(std::string_view bytes) {
    const auto document = pickle::decode(bytes);
    return document ? document->root().repr(100'000) : document.error().what;
}

}  // namespace bully::lab
