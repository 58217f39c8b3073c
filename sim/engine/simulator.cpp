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

}  // namespace bully::sim
