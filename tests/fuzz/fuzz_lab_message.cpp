// Any pickle: read as a message or as the daemon's answer, within bounds; and what a peer's form has taught is written
// so that it is read as the same.
#include "net/lab/message.hpp"
#include "net/lab/shape.hpp"
#include "net/pickle/pickle.hpp"

#include <cstdint>
#include <cstdlib>

namespace {

using namespace bully;

constexpr std::size_t max_reason = 500;  // characters of an error, for logs
constexpr int greatest_dialect = static_cast<int>(lab::dialect_count) - 1;

void require(bool condition) {
    if (!condition) std::abort();
}

void require_loggable(const std::string& reason) {
    require(!reason.empty() && reason.size() <= max_reason);
    for (const char c : reason) require(c >= ' ' && c < '\x7f');
}

lab::Message reread(const std::string& bytes, lab::MessageKind kind) {
    const auto document = pickle::decode(bytes);
    require(document.has_value());
    auto message = lab::read_message(document->root());
    require(message.has_value() && message->kind == kind);
    return *message;
}

// What is written in the form that `message` has taught, in each protocol.
void write_alike(const lab::Message& message, lab::Dialect dialect) {
    using lab::MessageKind;
    const Member self{{200, 2'000'000}, {"127.0.0.1", 50200}};
    const Membership members(
        {{{100, 1'000'000}, {"127.0.0.1", 50100}}, self, {{300, 3'000'000}, {"localhost", 50300}}});
    auto shape = lab::shape_of(dialect);
    lab::learn(shape, message);
    auto again = shape;
    lab::learn(again, message);
    require(again == shape);

    for (int protocol = pickle::Encoder::least_protocol; protocol <= pickle::Encoder::greatest_protocol; ++protocol) {
        const lab::Writer writer(self, protocol);
        reread(writer.election(shape, members), MessageKind::election);
        reread(writer.ok(shape, members), MessageKind::ok);
        reread(writer.probe(shape), MessageKind::probe);
        const auto coordinator = reread(writer.coordinator(shape, members), MessageKind::coordinator);
        require(coordinator.pid ? *coordinator.pid == self.pid : coordinator.members.members().back().pid == self.pid);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto document = pickle::decode({reinterpret_cast<const char*>(data), size});
    if (!document) return 0;
    if (const auto answer = lab::read_join_answer(document->root()); !answer) require_loggable(answer.error());

    const auto message = lab::read_message(document->root());
    if (!message) {
        require_loggable(message.error());
        return 0;
    }
    require(message->form.word.size() <= 32 && message->form.layout.size() <= 32);
    for (int dialect = 0; dialect <= greatest_dialect; ++dialect) {
        write_alike(*message, static_cast<lab::Dialect>(dialect));
    }
    return 0;
}
