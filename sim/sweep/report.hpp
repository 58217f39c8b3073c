// A sweep for people, as tables; and for spreadsheets, as CSV.
#pragma once

#include "sim/sweep/sweep.hpp"

#include <ostream>

namespace bully::sim {

struct TableStyle {
    bool colour = false;
    bool verbose = false;  ///< With the confidence intervals of quantiles, and of all means.
};

/// sweep_table.cpp. Behind ± or in the column 95%: the interval of a mean, from where to where if it isn't symmetric;
/// "<" where it begins at 0. Quantiles with the digits that are known (sweep_text.hpp). In brackets behind a number of
/// runs: for which part of all runs it may stand.
void write_tables(std::ostream& out, const Sweep& sweep, TableStyle style);

/// sweep_csv.cpp: a header, and a row per cell. Times in seconds; intervals are of 95 %, those of numbers of runs are
/// of parts of all runs, and a field that has no value is empty.
void write_csv(std::ostream& out, const Sweep& sweep);

}  // namespace bully::sim
