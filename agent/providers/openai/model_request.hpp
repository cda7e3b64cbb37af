#pragma once

#include <offhook/agent/providers/chat/model_question.hpp>

#include <cstdint>
#include <optional>
#include <string>

/// What a language model is asked by /chat/completions or /responses.
namespace offhook::inline v0::agent::openai {

struct ModelOptions {
  std::string model;
  std::optional<double> temperature;
  std::optional<std::int64_t> max_tokens;     ///< of one answer
  std::string reasoning_effort;               ///< "": as the model has it
  std::string service_tier;
  bool parallel_calls = true;

  // What compatible servers may not know. OpenAI's own knows all of it.
  std::string prompt_role = "system";         ///< or "developer"
  bool legacy_max_tokens = false;             ///< `max_tokens` instead of `max_completion_tokens`
  bool send_stream_options = true;
  bool send_tool_choice = true;
  bool starts_in_thought = false;             ///< answers of /chat/completions begin so (ChatAnswer)
  bool store = false;                         ///< /responses alone
};

[[nodiscard]] std::string write_chat_request(const ModelOptions& options, const chat::ModelQuestion& question);
[[nodiscard]] std::string write_responses_request(const ModelOptions& options, const chat::ModelQuestion& question);

}  // namespace offhook::inline v0::agent::openai
