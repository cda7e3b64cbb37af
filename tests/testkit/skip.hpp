#pragma once

#include <string>

namespace offhook_test {

/// Marks the running test case as skipped, because this machine lacks something that the case needs. `why` names it. If no check fails,
/// tests/run counts the case as skipped, even if a part of it has run. Call skip() on the thread of the test case.
void skip(std::string why);

}  // namespace offhook_test
