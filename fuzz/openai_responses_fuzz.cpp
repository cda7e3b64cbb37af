// Any bytes as an answer of /responses: it ends exactly once, says the same however it is split, and stays within its bounds.
#include <offhook/agent/providers/openai/responses_answer.hpp>

#include "model_answers.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return offhook::fuzz::try_answer<offhook::agent::openai::ResponsesAnswer>(data, size);
}
