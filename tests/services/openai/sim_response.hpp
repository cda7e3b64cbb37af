#pragma once

#include <offhook/tests/services/openai/sim_realtime.hpp>

namespace offhook::services::openai {

/// A Realtime response on its way. Its steps are SimRealtime's in sim_response.cpp.
struct SimRealtime::Response {
  enum class Step : std::uint8_t { Waiting, Speaking, Calling } step = Step::Waiting;
  std::string id;
  const Reply* reply = nullptr;
  Json metadata;
  bool speaks = true;     ///< else text
  bool kept = true;       ///< its items join the conversation
  AudioFormat format{};
  base::TimePoint created, next;
  std::shared_ptr<const Spoken> spoken;
  std::string item;       ///< the message that is being said
  std::string said;       ///< of its transcript
  std::size_t chunk = 0, octets = 0, output_index = 0;
  bool fault_done = false;
  Json output = Json::array();
};

}  // namespace offhook::services::openai
