#pragma once

#include <offhook/bench/harness.hpp>

#include <string>
#include <vector>

namespace offhook::bench {

/// ITU-T G.711, 20 ms at a time, against spandsp.
[[nodiscard]] std::vector<Subject> g711_subjects();
/// One INVITE and one 200 OK, against libosip2, sofia-sip and libre. `folder` holds invite.sip and 200-ok.sip.
[[nodiscard]] std::vector<Subject> sip_subjects(const std::string& folder);
/// Whole stacks without sockets: a complete call, and messages and refreshes beside 1 to 100,000 dialogs and registrations.
[[nodiscard]] std::vector<Subject> stack_subjects();
/// One tick of a call's reception, against speexdsp.
[[nodiscard]] std::vector<Subject> jitter_subjects();

}  // namespace offhook::bench
