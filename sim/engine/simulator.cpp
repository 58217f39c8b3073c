#include "sim/engine/simulator.hpp"

#include "sim/engine/engine.hpp"

namespace bully::sim {

Simulator::Simulator(const Scenario& scenario, QueueKind queue) : engine_(std::make_unique<Engine>(scenario, queue)) {}
Simulator::~Simulator() = default;
Simulator::Simulator(Simulator&&) noexcept = default;
Simulator& Simulator::operator=(Simulator&&) noexcept = default;

void Simulator::attach(Observer& observer) { engine_->attach(observer); }

void Simulator::run(std::uint64_t seed, Mode mode, const std::function<bool(Time)>& progress) {
    engine_->run(seed, mode, progress);
}

std::uint64_t Simulator::fingerprint() const { return engine_->fingerprint(); }
const Measures& Simulator::measures() const { return engine_->measures(); }
Time Simulator::now() const { return engine_->now(); }
bool Simulator::interrupted() const { return engine_->interrupted(); }
std::vector<ProcessResult> Simulator::processes() const { return engine_->processes(); }

std::string_view to_string(WorldNote::Kind kind) {
    using enum WorldNote::Kind;
    switch (kind) {
        case start: return "start";
        case crash: return "crash";
        case restart: return "restart";
        case pause: return "pause";
        case resume: return "resume";
        case feign: return "feign";
        case recover: return "recover";
        case give_up: return "give_up";
        case elect: return "elect";
        case partition: return "partition";
        case cut: return "cut";
        case heal: return "heal";
        case slow: return "slow";
        case delay: return "delay";
        case loss: return "loss";
        case daemon_down: return "daemon_down";
        case daemon_up: return "daemon_up";
        case daemon_restart: return "daemon_restart";
        case no_effect: return "no_effect";
        case stand_still: return "stand_still";
    }
    return "";
}

}  // namespace bully::sim
