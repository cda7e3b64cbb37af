#pragma once

#include <offhook/agent/records/call_record.hpp>

#include <chrono>
#include <string>

namespace offhook::test {

/// Returns the record of a call with this id and an INVITE in November 2023.
inline agent::records::CallRecord call_of(const std::string& id) {
  agent::records::CallRecord record;
  record.id = id;
  record.invited_at = agent::WallTime(std::chrono::seconds(1700000000));
  return record;
}

}  // namespace offhook::test
