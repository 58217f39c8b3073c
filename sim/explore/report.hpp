// What a search has shown, for people and for programs.
#pragma once

#include "sim/explore/explorer.hpp"
#include "sim/explore/model.hpp"

#include <ostream>

namespace bully::sim::explore {

/// The group and what may happen to it; a counterexample as a timeline; and the verdict, as a sentence.
void write_verdict(std::ostream& out, const Model& model, const Verdict& verdict);
void write_verdict_json(std::ostream& out, const Model& model, const Verdict& verdict);

}  // namespace bully::sim::explore
