// The reports of a sweep: tables for people, CSV for spreadsheets.
#pragma once

#include "sim/sweep/sweep.hpp"

#include <ostream>

namespace bully::sim {

struct TableStyle {
    bool colour = false;
    bool verbose = false;  ///< Also the confidence intervals of quantiles and of all means.
};

/// Writes the tables (table.cpp). The interval of a mean stands after ± or in the column 95%, with both ends if it
/// isn't symmetric, and after "<" if it begins at 0. Quantiles have the digits that are known (figures.hpp). A number
/// of runs is followed, in brackets, by the confidence interval of that part of all runs.
void write_tables(std::ostream& out, const Sweep& sweep, TableStyle style);

/// Writes a header and a row per cell (csv.cpp). Times are in seconds. Intervals are of 95 %; the interval of a number
/// of runs is that of the part of all runs. A field without a value is empty.
void write_csv(std::ostream& out, const Sweep& sweep);

}  // namespace bully::sim
