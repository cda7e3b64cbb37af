#pragma once

#include <offhook/agent/agent.hpp>

namespace offhook::inline v0::agent {

/// One line of a call to the log. What was said only where texts are kept, and keys as `*` unless digits are: a log is read by
/// more people than the records are.
void log_line(const CallLine& line, const records::KeepOptions& keep);

}  // namespace offhook::inline v0::agent
