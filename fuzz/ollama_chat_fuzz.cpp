// The input is a response of Ollama's /api/chat. Checks that the response ends exactly once, within its bounds, and with the same result
// however it is split.
#include <offhook/agent/providers/ollama/chat_answer.hpp>

#include "model_answers.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return offhook::fuzz::try_answer<offhook::agent::ollama::ChatAnswer>(data, size);
}
