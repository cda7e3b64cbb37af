#pragma once

#include <offhook/tests/services/openai/sim_realtime.hpp>

namespace offhook::services::openai {

/// A running Realtime response. The functions of SimRealtime in sim_response.cpp perform its steps.
struct SimRealtime::Response {
  enum class Step : std::uint8_t { Waiting, Speaking, Calling } step = Step::Waiting;
  std::string id;
  const Reply* reply = nullptr;
  Json metadata;
  bool speaks = true;     ///< false: the response has only text
  bool kept = true;       ///< true: its items become a part of the conversation
  AudioFormat format{};
  base::TimePoint created, next;
  std::shared_ptr<const Spoken> spoken;
  std::string item;       ///< id of the message that is being sent
  std::string said;       ///< the part of the transcript that was sent so far
  std::size_t chunk = 0, octets = 0, output_index = 0;
  bool fault_done = false;
  Json output = Json::array();
};

}  // namespace offhook::services::openai
