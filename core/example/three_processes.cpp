// A complete executor: three processes in one program, joined by a queue of messages. No network, and no clock: no
// message is lost here, so no timer has to fire for an election to end.
#include <bully/core/election.hpp>
#include <deque>
#include <iostream>
#include <utility>
#include <variant>
#include <vector>

int main() {
    const bully::Settings settings;  // must outlive the processes
    std::vector<bully::Member> everybody;
    for (int i = 1; i <= 3; ++i) everybody.push_back({{10 * i, 1000 + i}, {"localhost", 0}});
    const bully::Membership members{everybody};
    std::vector<bully::Election> processes;
    for (const auto& member : everybody) processes.emplace_back(member, settings);

    std::deque<std::pair<std::size_t, bully::Event>> mail;  // to whom, what
    for (std::size_t i = 0; i < processes.size(); ++i) mail.emplace_back(i, bully::Start{});
    while (!mail.empty()) {
        const auto [to, event] = std::move(mail.front());
        mail.pop_front();
        bully::Actions actions;
        processes[to].step(event, actions);
        for (const auto& action : actions) {
            if (const auto* join = std::get_if<bully::Join>(&action)) {
                mail.emplace_back(to, bully::Joined{members, join->round});
            } else if (const auto* election = std::get_if<bully::SendElection>(&action)) {
                // The sender's position and round are what a Reply needs to find its way back.
                const auto reply_to = election->round * processes.size() + to;
                for (auto i = to + 1; i < processes.size(); ++i) {
                    mail.emplace_back(i, bully::ElectionReceived{reply_to, members});
                }
            } else if (const auto* reply = std::get_if<bully::Reply>(&action)) {
                const auto round = static_cast<bully::Round>(reply->reply_to / processes.size());
                mail.emplace_back(reply->reply_to % processes.size(),
                                  bully::AnswerReceived{processes[to].self(), round});
            } else if (const auto* victory = std::get_if<bully::Announce>(&action)) {
                for (std::size_t i = 0; i < processes.size(); ++i) {
                    if (i != to) mail.emplace_back(i, bully::CoordinatorReceived{victory->leader});
                }
            }
        }
    }
    for (const auto& process : processes) {
        std::cout << process.self().days << " follows " << (process.leader() ? process.leader()->days : 0) << '\n';
    }
}
