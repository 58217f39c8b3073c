#include "sim/view/page_text.hpp"

namespace bully::sim {

PageText page_text() { return {}; }

}  // namespace bully::sim
