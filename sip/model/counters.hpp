#pragma once

#include <cstdint>

namespace offhook::inline v0::sip {

struct StackCounters {               ///< messages dropped or refused, by reason
  std::uint64_t received = 0, refused_parse = 0, refused_limit = 0, stray_responses = 0, stray_acks = 0, retransmissions_absorbed = 0;
  std::uint64_t refused_source = 0, dead_flows = 0;
  std::uint64_t refused_budget = 0, dropped_budget = 0;  ///< requests beyond AdmissionOptions that got a 503, and that got no response
  std::uint64_t dropped_banned = 0, bans = 0, challenged = 0, wrong_credentials = 0;
};

}  // namespace offhook::inline v0::sip
